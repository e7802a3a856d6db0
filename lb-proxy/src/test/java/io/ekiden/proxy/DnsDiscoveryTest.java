package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ekiden.model.Endpoint;
import io.ekiden.proxy.dns.DnsConfig;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.Test;

/// A resolver that is not ours, the JDK's, asks a proxy that follows the topic.
final class DnsDiscoveryTest extends WithCluster {
    private static final Endpoint ONE = Given.endpoint("/shop/web", 1, 31_001, 0);
    private static final Endpoint TWO = Given.endpoint("/shop/web", 2, 31_002, 0);

    private ProxyServer proxy(int dnsPort) throws Exception {
        var c = cluster.config(TestCluster.QUICK);
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), dnsPort);
        return cluster.proxy(
                new ProxyConfig(
                        c.bootstrapServers(),
                        c.topics(),
                        c.proxyId(),
                        c.hostname(),
                        c.bindAddress(),
                        c.lbPort(),
                        c.adminPort(),
                        c.servicePorts(),
                        c.virtualAddresses(),
                        Optional.of(new DnsConfig(List.of(listen), DnsConfig.TIME_TO_LIVE)),
                        c.threads(),
                        c.frontends(),
                        c.timeouts(),
                        c.kafka()));
    }

    // What it looks up are addresses, no objects.
    @SuppressWarnings("BanJNDI")
    private static List<String> resolve(ProxyServer proxy, String name, String type)
            throws NamingException {
        var settings = new Properties();
        settings.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        settings.put("java.naming.provider.url", "dns://127.0.0.1:" + proxy.dnsPort());
        var context = new InitialDirContext(settings);
        try {
            var attribute = context.getAttributes(name, new String[] {type}).get(type);
            var values = new ArrayList<String>();
            for (int i = 0; attribute != null && i < attribute.size(); i++) {
                values.add(attribute.get(i).toString());
            }
            return values;
        } finally {
            context.close();
        }
    }

    @Test
    void aNameFollowsWhatIsReady() throws Exception {
        cluster.put(ONE, TWO);
        var proxy = proxy(0);

        assertThat(resolve(proxy, "web-shop.marathon.mesos", "A")).containsExactly("127.0.0.1");
        assertThat(resolve(proxy, "_web-shop._tcp.marathon.mesos", "SRV"))
                .hasSize(2)
                .anySatisfy(srv -> assertThat(srv).startsWith("0 0 31001 web-shop-"))
                .anySatisfy(srv -> assertThat(srv).startsWith("0 0 31002 web-shop-"));

        assertThat(cluster.get(proxy.adminPort(), "/metrics").body())
                .contains("ekiden_proxy_dns_answers_total 2\n");

        cluster.put(Given.draining(ONE));
        await().until(() -> ports(proxy).equals(List.of("31002")));
        cluster.put(Given.draining(TWO));
        await().until(() -> resolve(proxy, "web-shop.marathon.mesos", "A").isEmpty());
        cluster.remove(ONE);
        cluster.remove(TWO);
        await().until(() -> isUnknown(proxy, "web-shop.marathon.mesos"));
    }

    @Test
    void theStatusPortAnswersAsMesosDnsDoes() throws Exception {
        cluster.put(ONE);
        var proxy = proxy(0);

        assertThat(cluster.get(proxy.adminPort(), "/v1/hosts/web-shop.marathon.mesos").body())
                .contains("web-shop.marathon.mesos.", "127.0.0.1");
        var config = cluster.get(proxy.adminPort(), "/v1/config");
        assertThat(config.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(config.body()).contains(Integer.toString(proxy.dnsPort()));
        assertThat(cluster.get(proxy.adminPort(), "/v1/nothing").statusCode()).isEqualTo(404);
    }

    private static List<String> ports(ProxyServer proxy) throws NamingException {
        return resolve(proxy, "_web-shop._tcp.marathon.mesos", "SRV").stream()
                .map(srv -> srv.split(" ", -1)[2])
                .toList();
    }

    private static boolean isUnknown(ProxyServer proxy, String name) throws NamingException {
        try {
            resolve(proxy, name, "A");
            return false;
        } catch (NameNotFoundException e) {
            return true;
        }
    }

    /// The JDK's resolver takes 512 bytes and then turns to TCP by itself.
    @Test
    void aResolverGetsAllOfManyTasks() throws Exception {
        for (int i = 0; i < 100; i++) {
            cluster.put(Given.endpoint("/shop/web", i, 31_000 + i, 0));
        }
        var proxy = proxy(0);

        assertThat(resolve(proxy, "_web-shop._tcp.marathon.mesos", "SRV")).hasSize(100);
    }

    @Test
    void aPortThatIsTakenIsAReasonNotToStart() throws Exception {
        try (var taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> proxy(taken.getLocalPort())).isInstanceOf(BindException.class);
        }
    }
}
