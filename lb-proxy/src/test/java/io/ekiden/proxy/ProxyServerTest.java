package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.AgentReport.EndpointDrained;
import io.ekiden.log.AgentReport.ProxyJoined;
import io.ekiden.log.AgentReport.ProxyLeaving;
import io.ekiden.log.Codec;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Cluster;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.proxy.ProxyConfig.Frontends;
import io.ekiden.testkit.TestBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ProxyServerTest extends WithCluster {
    private static final Map<String, String> TCP = Map.of("HAPROXY_0_MODE", "tcp");

    @Test
    void takesTurnsAmongTheReadyEndpointsOfAServicePort() throws Exception {
        int port = TestBroker.freePort();
        cluster.put(
                Given.endpoint("/a", 1, task("one").port(), port),
                Given.endpoint("/a", 2, task("two").port(), port),
                Given.endpoint("/a", 3, task("three").port(), port));

        cluster.proxy();

        var counts = new TreeMap<String, Integer>();
        for (int i = 0; i < 30; i++) {
            counts.merge(cluster.get(port, "/").body(), 1, Integer::sum);
        }
        assertThat(counts).isEqualTo(Map.of("one", 10, "two", 10, "three", 10));
    }

    @Test
    void routesByVirtualHostWhateverItsCaseAndPort() throws Exception {
        var labels = Map.of("HAPROXY_0_VHOST", "Shop.example.com,www.shop.example.com");
        cluster.put(
                Given.endpoint("/shop", 1, task("shop").port(), 0, labels),
                Given.endpoint(
                        "/blog", 1, task("blog").port(), 0, Map.of("HAPROXY_0_VHOST", "blog")));
        int port = cluster.proxy().lbPort();

        assertThat(Raw.get(port, "shop.example.com", "/")).endsWith("shop");
        assertThat(Raw.get(port, "SHOP.Example.com:9080", "/")).endsWith("shop");
        assertThat(Raw.get(port, "www.shop.example.com.", "/")).endsWith("shop");
        assertThat(Raw.get(port, "blog", "/")).endsWith("blog");
    }

    @Test
    void tellsAnUnknownHostHowToBecomeKnown() throws Exception {
        int port = cluster.proxy().lbPort();

        assertThat(Raw.get(port, "nobody.example.com", "/"))
                .startsWith("HTTP/1.1 404")
                .contains("nobody.example.com", "HAPROXY_0_VHOST");
    }

    @Test
    void answers503WithRetryAfterWhenNothingIsReady() throws Exception {
        int port = TestBroker.freePort();
        var endpoint = Given.endpoint("/a", 1, task("one").port(), port);
        cluster.put(Given.draining(endpoint));
        cluster.proxy();

        var answer = cluster.get(port, "/");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");

        cluster.remove(endpoint);
        await().until(() -> cluster.get(port, "/").body().contains("No app has the service port"));
    }

    @Test
    void followsEndpointsAsTheyComeAndGo() throws Exception {
        int port = TestBroker.freePort();
        var proxy = cluster.proxy();
        var one = Given.endpoint("/a", 1, task("one").port(), port);
        var two = Given.endpoint("/a", 2, task("two").port(), port);

        cluster.put(one);
        cluster.awaitAnswer(port, "/", "one");
        cluster.put(two);
        cluster.remove(one);
        await().until(() -> bodies(port, 4).equals(List.of("two", "two", "two", "two")));
        cluster.remove(two);

        // It lingers for a second, then the port is free again.
        await().ignoreExceptions()
                .until(() -> {
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
                    return true;
                });
        assertThat(cluster.get(proxy.adminPort(), "/routes").body())
                .contains("\"servicePorts\" : { }");
    }

    @Test
    void joinsBeatsAndLeaves() throws Exception {
        try (var proxy = cluster.proxy()) {
            await().until(() -> cluster.heartbeats().size() >= 3);
            assertThat(proxy.lbPort()).isPositive();
        }

        assertThat(cluster.heartbeats())
                .allMatch(new Heartbeat(MemberKind.PROXY, "proxy-1", 0)::equals);
        var reports = cluster.reports();
        assertThat(reports).hasSize(2);
        assertThat(reports.getFirst())
                .isInstanceOfSatisfying(
                        ProxyJoined.class, j -> assertThat(j.hostname()).isEqualTo("this-host"));
        assertThat(reports.getLast()).isEqualTo(new ProxyLeaving("proxy-1"));
    }

    @Test
    void saysStoppedAtOnceAndIdleWhenTheLastRequestIsAnswered() throws Exception {
        int port = TestBroker.freePort();
        var task = task("one");
        var endpoint = Given.endpoint("/a", 1, task.port(), port);
        cluster.put(endpoint);
        cluster.proxy();
        var inFlight = CompletableFuture.supplyAsync(() -> cluster.get(port, "/wait"));
        await().until(() -> task.waiting() == 1);

        cluster.put(Given.draining(endpoint));

        await().until(() -> cluster.reports().contains(drained(endpoint, Drain.STOPPED)));
        assertThat(cluster.get(port, "/").statusCode()).isEqualTo(503);
        assertThat(cluster.reports()).doesNotContain(drained(endpoint, Drain.IDLE));

        task.letGo();

        assertThat(inFlight.get().body()).isEqualTo("one");
        await().until(() -> cluster.reports().contains(drained(endpoint, Drain.IDLE)));
        assertThat(task.requests()).isEqualTo(1);
    }

    @Test
    void anEndpointThatDrainsWhenTheProxyStartsIsAcknowledgedToo() throws Exception {
        var endpoint = Given.endpoint("/a", 1, 1, 0);
        cluster.put(Given.draining(endpoint), Given.draining(endpoint));

        cluster.proxy();

        await().until(() -> cluster.reports().contains(drained(endpoint, Drain.IDLE)));
        assertThat(cluster.reports())
                .filteredOn(EndpointDrained.class::isInstance)
                .containsExactly(drained(endpoint, Drain.STOPPED), drained(endpoint, Drain.IDLE));
    }

    @Test
    void workInFlightSurvivesTheEndOfItsEndpointsRecord() throws Exception {
        int port = TestBroker.freePort();
        var task = task("one");
        var endpoint = Given.endpoint("/a", 1, task.port(), port);
        cluster.put(endpoint);
        cluster.proxy();
        var inFlight = CompletableFuture.supplyAsync(() -> cluster.get(port, "/wait"));
        await().until(() -> task.waiting() == 1);

        cluster.remove(endpoint);
        await().until(() -> cluster.get(port, "/").statusCode() == 503);
        task.letGo();

        assertThat(inFlight.get().body()).isEqualTo("one");
    }

    @Test
    void aPortThatIsTakenIsShownAndBoundOnceItIsFree() throws Exception {
        int other = TestBroker.freePort();
        int port;
        ProxyServer proxy;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            cluster.put(
                    Given.endpoint("/a", 1, task("one").port(), port),
                    Given.endpoint("/b", 1, task("two").port(), other));
            proxy = cluster.proxy();

            assertThat(cluster.get(other, "/").body()).isEqualTo("two");
            assertThat(cluster.get(proxy.adminPort(), "/routes").body()).contains("cannot listen");
        }

        cluster.awaitAnswer(port, "/", "one");
        assertThat(cluster.get(proxy.adminPort(), "/routes").body())
                .doesNotContain("cannot listen");
    }

    @Test
    void aBrokenLabelIsShownAndOthersAreNotConcerned() throws Exception {
        int port = TestBroker.freePort();
        cluster.put(
                Given.endpoint(
                        "/a",
                        1,
                        task("one").port(),
                        port,
                        Map.of("HAPROXY_0_VHOST", "good.test,b@d\r\nX: y")),
                Given.endpoint("/b", 1, 1, 0, Map.of("HAPROXY_0_MODE", "udp")));
        var proxy = cluster.proxy();

        assertThat(cluster.get(port, "/").body()).isEqualTo("one");
        assertThat(Raw.get(proxy.lbPort(), "good.test", "/")).endsWith("one");
        assertThat(cluster.get(proxy.adminPort(), "/routes").body())
                .contains("'b@d??X: y' is not a host name", "'udp' is neither http nor tcp");
    }

    @Test
    void whatCannotBeReadIsSetAsideAndTheRestIsFollowed() throws Exception {
        int port = TestBroker.freePort();
        var good = Given.endpoint("/a", 1, task("one").port(), port);
        cluster.write("endpoint/x/0", "not json".getBytes(StandardCharsets.UTF_8));
        var notAnEndpoint = new Cluster("c", Optional.empty(), Optional.empty());
        cluster.write(notAnEndpoint.key(), Codec.encode(Entity.class, notAnEndpoint));
        cluster.write("endpoint/other/0", Codec.encode(Entity.class, good));
        cluster.put(good);

        var proxy = cluster.proxy();

        cluster.awaitAnswer(port, "/", "one");
        await().until(() -> cluster.read(cluster.topics().deadLetters().fullName()).size() == 3);
        var first = cluster.read(cluster.topics().deadLetters().fullName()).getFirst();
        assertThat(first.value()).asString(StandardCharsets.UTF_8).isEqualTo("not json");
        assertThat(first.headers().lastHeader("ekiden.offset").value()).asString().isEqualTo("0");
        assertThat(cluster.get(proxy.adminPort(), "/metrics").body())
                .contains("ekiden_proxy_unreadable_records_total 3");
    }

    @Test
    void anAppDoesNotGetAnothersTrafficOnASharedNameOrPort() throws Exception {
        int port = TestBroker.freePort();
        var labels = Map.of("HAPROXY_0_VHOST", "shared.test");
        cluster.put(
                Given.endpoint("/b", 1, task("b").port(), port, labels),
                Given.endpoint("/a", 1, task("a").port(), port, labels));
        var proxy = cluster.proxy();

        for (int i = 0; i < 6; i++) {
            assertThat(cluster.get(port, "/").body()).isEqualTo("a");
            assertThat(Raw.get(proxy.lbPort(), "shared.test", "/")).endsWith("a");
        }
        assertThat(cluster.get(proxy.adminPort(), "/routes").body())
                .contains("virtual host shared.test belongs to /a")
                .contains("service port " + port + " belongs to /a");
    }

    @Test
    void aServicePortThatIsTheTasksOwnHostPortIsLeftToTheTask() throws Exception {
        var task = task("one");
        var endpoint = Given.endpoint("/a", 1, task.port(), task.port());
        cluster.put(endpoint);
        cluster.proxy();
        cluster.remove(endpoint);
        task.close();

        try (var successor = new TestTask("two", task.port())) {
            cluster.put(endpoint);
            cluster.awaitAnswer(successor.port(), "/", "two");
        }
    }

    @Test
    void adminSaysWhetherTheTableIsLoadedAndWhoHasWhichName() throws Exception {
        var labels = Map.of("HAPROXY_0_VHOST", "a.test");
        cluster.put(Given.endpoint("/g/a", 1, task("one").port(), 0, labels));
        int admin = cluster.proxy().adminPort();

        assertThat(cluster.get(admin, "/_haproxy_health_check").statusCode()).isEqualTo(200);
        assertThat(cluster.get(admin, "/_haproxy_getvhostmap").body()).isEqualTo("a.test g_a\n");
        assertThat(cluster.get(admin, "/metrics").body())
                .contains("ekiden_proxy_endpoints 1\n", "requests_total{app=\"/g/a\"");
        assertThat(cluster.get(admin, "/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void aRequestIsBroughtToTheAppThatItsHeaderNames() throws Exception {
        int[] ports = {TestBroker.freePort(), TestBroker.freePort()};
        cluster.put(
                Given.endpoint("/g/a", 1, task("one").port(), ports[0]),
                Given.endpoint("/g/b", 1, task("two").port(), ports[1], TCP));
        var proxy =
                cluster.proxy(
                        new Frontends(
                                Set.of("*"),
                                OptionalInt.of(0),
                                OptionalInt.empty(),
                                Optional.empty(),
                                Networks.NONE,
                                false));
        int port = proxy.appIdPort().orElseThrow();

        assertThat(byApp(port, "/g/A")).endsWith("one");
        assertThat(byApp(port, "/g/b")).startsWith("HTTP/1.1 404").contains("/g/b");
        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 404");
        assertThat(cluster.get(proxy.adminPort(), "/_haproxy_getappmap").body())
                .isEqualTo("/g/a g_a\n");
    }

    private static String byApp(int port, String id) {
        return Raw.exchange(
                port,
                Raw.head(
                        "GET / HTTP/1.1",
                        "Host: x",
                        "X-Marathon-App-Id: " + id,
                        "Connection: close"));
    }

    @Test
    void whatOnlyHaproxyHasIsNotOfferedAndSaysSo() throws Exception {
        int admin = cluster.proxy().adminPort();

        for (var path : List.of("/_haproxy_getconfig", "/_haproxy_getpids", "/haproxy?stats")) {
            assertThat(cluster.get(admin, path).statusCode()).isEqualTo(404);
            assertThat(cluster.get(admin, path).body()).contains("There is no HAProxy", "/routes");
        }
        assertThat(cluster.get(admin, "/_mlb_signal/hup").body()).contains("nothing to reload");
    }

    @Test
    void aProxyWhosePortIsTakenDoesNotStartAndSaysWhy() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var proxy = new ProxyServer(withLbPort(taken.getLocalPort()))) {
            assertThatThrownBy(() -> proxy.start().await(20, TimeUnit.SECONDS))
                    .hasMessageContaining("in use");
        }
        assertThat(cluster.reports()).isEmpty();
    }

    private ProxyConfig withLbPort(int lbPort) {
        var c = cluster.config(TestCluster.QUICK);
        return new ProxyConfig(
                c.bootstrapServers(),
                c.topics(),
                c.proxyId(),
                c.hostname(),
                c.bindAddress(),
                lbPort,
                c.adminPort(),
                c.servicePorts(),
                c.virtualAddresses(),
                c.dns(),
                c.threads(),
                c.frontends(),
                c.timeouts(),
                c.kafka());
    }

    private List<String> bodies(int port, int requests) {
        return Stream.generate(() -> cluster.get(port, "/").body()).limit(requests).toList();
    }

    private static EndpointDrained drained(Endpoint endpoint, Drain drain) {
        return new EndpointDrained("proxy-1", endpoint.taskId(), endpoint.portIndex(), drain);
    }
}
