package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ekiden.model.PortRange;
import io.ekiden.process.Options;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProxyMainTest {
    @Test
    void isToldByItsEnvironment() {
        var config =
                config(
                        List.of("--admin-port", "0"),
                        Map.of(
                                "EKIDEN_BOOTSTRAP_SERVERS", "kafka:9092",
                                "EKIDEN_HOSTNAME", "h1",
                                "EKIDEN_BIND", "127.0.0.2",
                                "EKIDEN_SERVICE_PORTS", "20000-20009",
                                "EKIDEN_HTTPS_PORT", "9443",
                                "EKIDEN_LB_GROUP", "external, internal",
                                "EKIDEN_KAFKA_SECURITY_PROTOCOL", "SSL"));
        assertThat(config.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.proxyId()).isEqualTo("proxy-h1");
        assertThat(config.bindAddress()).isEqualTo("127.0.0.2");
        assertThat(config.lbPort()).isEqualTo(9080);
        assertThat(config.adminPort()).isZero();
        assertThat(config.servicePorts()).isEqualTo(new PortRange(20_000, 20_009));
        assertThat(config.frontends().groups()).containsExactlyInAnyOrder("external", "internal");
        assertThat(config.frontends().appIdPort()).isEmpty();
        assertThat(config.frontends().httpsPort()).hasValue(9443);
        assertThat(config.kafka()).containsOnly(Map.entry("security.protocol", "SSL"));
    }

    @Test
    void listensBeyondLoopbackOnlyWhenThatIsSaidAloud() {
        var open = Map.of("EKIDEN_BIND", "0.0.0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(List.of(), open))
                .withMessageContaining("--insecure");
        assertThat(config(List.of("--insecure"), open).bindAddress()).isEqualTo("0.0.0.0");
    }

    @Test
    void servesNamesWhereAndForAsLongAsItIsTold() {
        assertThat(config(List.of(), Map.of()).dns()).isEmpty();

        var dns =
                config(List.of("--dns-listen", "127.0.0.1:8053, [::1]:53", "--dns-ttl=2"), Map.of())
                        .dns()
                        .orElseThrow();
        assertThat(dns.listen())
                .containsExactly(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8053),
                        new InetSocketAddress(InetAddress.ofLiteral("::1"), 53));
        assertThat(dns.timeToLive()).hasSeconds(2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(List.of("--dns-listen=0.0.0.0:53"), Map.of()))
                .withMessageContaining("--insecure");
        for (var wrong : List.of("8053", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> config(List.of("--dns-listen", wrong), Map.of()))
                    .withMessageContainingAll("--dns-listen", wrong);
        }
    }

    @Test
    void virtualAddressesAreLoopbackUnlessOthersAreAskedForAloud() {
        assertThat(config(List.of(), Map.of()).virtualAddresses()).hasToString("127.128.0.0/9");
        assertThat(
                        config(List.of("--virtual-addresses=198.18.0.0/15", "--insecure"), Map.of())
                                .virtualAddresses())
                .hasToString("198.18.0.0/15");
        for (var wrong : List.of("198.18.0.0/15", "127.0.0.1", "all")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> config(List.of("--virtual-addresses", wrong), Map.of()))
                    .withMessageContaining(wrong);
        }
    }

    private static ProxyConfig config(List<String> args, Map<String, String> environment) {
        return ProxyMain.config(Options.parse(ProxyMain.options(), args, environment));
    }
}
