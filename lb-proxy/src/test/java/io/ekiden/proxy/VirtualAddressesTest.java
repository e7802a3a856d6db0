package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.AgentReport.EndpointDrained;
import io.ekiden.model.Endpoint;
import io.ekiden.proxy.vip.AddressRange;
import io.ekiden.proxy.vip.Vip;
import io.ekiden.proxy.vip.VipTable;
import io.ekiden.testkit.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Connections to virtual addresses, through the sockets of a proxy that follows the topic.
final class VirtualAddressesTest extends WithCluster {
    private final int port = TestBroker.freePort();
    private final String vip = "/shop/db:" + port;

    private Endpoint endpoint(int instance, RawTask task, String label) {
        return Given.endpoint("/shop/db", instance, task.port(), 0, Map.of("VIP_0", label));
    }

    private RawTask says(String text) throws Exception {
        return ended(new RawTask((socket, _) -> Raw.send(socket, text)));
    }

    private JsonObject routes(ProxyServer proxy) {
        return new JsonObject(cluster.get(proxy.adminPort(), "/routes").body());
    }

    private JsonObject shown(ProxyServer proxy) {
        return routes(proxy).getJsonObject("virtualAddresses").getJsonObject("/shopdb:" + port);
    }

    private String address(ProxyServer proxy) {
        var address = shown(proxy).getString("address");
        assertThat(address).startsWith("127.").endsWith(":" + port);
        return address.substring(0, address.indexOf(':'));
    }

    private String ask(ProxyServer proxy) throws IOException {
        return ask(address(proxy));
    }

    private String ask(String address) throws IOException {
        try (var socket = new Socket(InetAddress.ofLiteral(address), port)) {
            socket.setSoTimeout(10_000);
            return Raw.rest(socket);
        }
    }

    @Test
    void connectionsGoToWhatIsReadyAndDrainingWaitsForThoseThatAreThere() throws Exception {
        var one = ended(new RawTask((socket, _) -> Raw.send(socket, "one" + Raw.rest(socket))));
        var old = endpoint(1, one, vip);
        cluster.put(old);
        var proxy = cluster.proxy();

        try (var socket = new Socket(InetAddress.ofLiteral(address(proxy)), port)) {
            await().until(() -> one.connections() == 1);
            cluster.put(endpoint(2, says("two"), vip), Given.draining(old));
            await().until(() -> ask(proxy).equals("two"));
            assertThat(ask(proxy)).isEqualTo("two");

            var idle = new EndpointDrained("proxy-1", old.taskId(), 0, Drain.IDLE);
            assertThat(cluster.reports()).doesNotContain(idle);
            Raw.send(socket, "!");
            socket.shutdownOutput();
            assertThat(Raw.rest(socket)).isEqualTo("one!");
            await().until(() -> cluster.reports().contains(idle));
        }
    }

    @Test
    void theAddressIsTheSameForTheNextProxyAndIsClosedWhenNobodyIsLeft() throws Exception {
        var endpoint = endpoint(1, says("one"), vip);
        cluster.put(endpoint);
        var first = cluster.proxy();
        var address = address(first);
        first.close();

        var second = cluster.proxy();
        assertThat(address(second)).isEqualTo(address);
        assertThat(ask(address)).isEqualTo("one");

        cluster.remove(endpoint);
        // First without an endpoint, then without a listener.
        await().until(() -> isRefused(address));
        cluster.put(endpoint);
        await().ignoreExceptions().until(() -> ask(address).equals("one"));
    }

    private boolean isRefused(String address) throws IOException {
        try {
            ask(address);
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (SocketException e) {
            // Accepted and closed: the listener lingers.
            return false;
        }
    }

    @Test
    void anAddressThatSomebodyElseHasIsShownAndTakenOnceItIsFree() throws Exception {
        var endpoint = endpoint(1, says("two"), vip);
        var address =
                VipTable.of(List.of(endpoint), AddressRange.LOOPBACK)
                        .address(new Vip("shopdb", true, port));
        cluster.put(endpoint);
        var taken = ended(new ServerSocket(port, 1, address));
        var proxy = cluster.proxy();
        assertThat(shown(proxy).getBoolean("listening")).isFalse();
        assertThat(shown(proxy).getString("problem")).contains("cannot listen");

        taken.close();
        await().ignoreExceptions().until(() -> ask(proxy).equals("two"));
        assertThat(shown(proxy).getString("problem")).isNull();
    }

    @Test
    void aBrokenLabelIsShownAndHarmsNothing() throws Exception {
        cluster.put(endpoint(1, says("one"), "0.0.0.0:22"), endpoint(2, says("two"), vip));
        var proxy = cluster.proxy();

        assertThat(ask(proxy)).isEqualTo("two");
        assertThat(routes(proxy).getJsonArray("problems"))
                .contains(
                        new JsonObject()
                                .put("app", "/shop/db")
                                .put(
                                        "reason",
                                        "VIP_0: 0.0.0.0 is not among the addresses served here"));
    }

    @Test
    void whoMayComeIsSaidByTheAppAndNotLiftedByAnother() throws Exception {
        var allowed = "HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL";
        var closed =
                Given.endpoint(
                        "/shop/db",
                        1,
                        says("secret").port(),
                        0,
                        Map.of("VIP_0", vip, allowed, "10.9.9.9"));
        var open = Given.endpoint("/shop/a", 2, says("open").port(), 0, Map.of("VIP_0", vip));
        cluster.put(closed);
        var proxy = cluster.proxy();
        assertThat(ask(proxy)).isEmpty();

        cluster.put(open);
        await().until(() -> ask(proxy).equals("open"));
        for (int i = 0; i < 4; i++) {
            assertThat(ask(proxy)).isEqualTo("open");
        }
        assertThat(routes(proxy).getJsonArray("problems"))
                .contains(
                        new JsonObject()
                                .put("app", "/shop/db")
                                .put(
                                        "reason",
                                        "/shopdb:%d is /shop/a's, and only apps that allow the same networks share it"
                                                .formatted(port)));
    }
}
