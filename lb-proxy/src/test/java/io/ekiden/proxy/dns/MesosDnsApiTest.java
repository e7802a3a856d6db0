package io.ekiden.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.Endpoint;
import io.ekiden.proxy.vip.AddressRange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The shapes are those of Mesos-DNS's own documentation.
final class MesosDnsApiTest {
    private static final int PORT = 8053;

    private final SortedMap<String, Endpoint> endpoints = new TreeMap<>();
    private final MesosDnsApi api =
            new MesosDnsApi(
                    Optional.of(
                            new DnsConfig(
                                    List.of(
                                            new InetSocketAddress(
                                                    InetAddress.getLoopbackAddress(), PORT)),
                                    Duration.ofSeconds(5))),
                    new Zones(() -> endpoints, AddressRange.LOOPBACK),
                    () -> PORT);

    private void put(int instance, String host, int port) {
        var endpoint =
                Endpoints.of(
                        "/shop/web", instance, 0, Optional.of("http"), host, port, "tcp", Map.of());
        endpoints.put(endpoint.key(), endpoint);
    }

    private String ask(String path) {
        return api.answer(path).orElseThrow();
    }

    @Test
    void aHostHasItsAddresses() {
        put(1, "10.0.0.1", 31_001);
        put(2, "10.0.0.2", 31_002);

        for (var path : new String[] {"web-shop.marathon.mesos", "Web-Shop.marathon.mesos."}) {
            assertThat(new JsonArray(ask("/v1/hosts/" + path)))
                    .isEqualTo(
                            new JsonArray(
                                    """
                                    [{"host": "web-shop.marathon.mesos.", "ip": "10.0.0.1"},
                                     {"host": "web-shop.marathon.mesos.", "ip": "10.0.0.2"}]\
                                    """));
        }
    }

    @Test
    void aServiceHasItsHostsAddressesAndPorts() {
        put(1, "10.0.0.1", 31_001);

        var services = new JsonArray(ask("/v1/services/_web-shop._tcp.marathon.mesos"));

        assertThat(services).hasSize(1);
        var service = services.getJsonObject(0);
        assertThat(service.fieldNames()).containsExactly("service", "host", "ip", "port");
        assertThat(service.getString("service")).isEqualTo("_web-shop._tcp.marathon.mesos.");
        assertThat(service.getString("host")).matches("web-shop-.{8}\\.marathon\\.mesos\\.");
        assertThat(service.getString("ip")).isEqualTo("10.0.0.1");
        assertThat(service.getString("port")).isEqualTo("31001");
        assertThat(ask("/v1/services/%5Fhttp._web-shop._tcp.marathon.mesos")).contains("31001");
    }

    @Test
    void whatNobodyHasIsOneEntryWithoutContent() {
        assertThat(new JsonArray(ask("/v1/hosts/nobody.marathon.mesos")))
                .isEqualTo(new JsonArray("[{\"host\": \"\", \"ip\": \"\"}]"));
        assertThat(new JsonArray(ask("/v1/services/_nobody._tcp.marathon.mesos")))
                .isEqualTo(
                        new JsonArray(
                                "[{\"service\": \"\", \"host\": \"\", \"ip\": \"\", \"port\": \"\"}]"));
        assertThat(new JsonObject(ask("/v1/enumerate")))
                .isEqualTo(
                        new JsonObject(
                                "{\"frameworks\": [{\"tasks\": [], \"name\": \"marathon\"}]}"));
    }

    @Test
    void everythingIsListedByTask() {
        put(1, "10.0.0.1", 31_001);

        var framework = new JsonObject(ask("/v1/enumerate")).getJsonArray("frameworks");
        var task = framework.getJsonObject(0).getJsonArray("tasks").getJsonObject(0);

        assertThat(task.getString("name")).isEqualTo("web.shop");
        assertThat(task.getString("id"))
                .isEqualTo(endpoints.firstEntry().getValue().taskId().toString());
        assertThat(task.getJsonArray("records"))
                .contains(
                        new JsonObject()
                                .put("name", "web-shop.marathon.mesos.")
                                .put("host", "10.0.0.1")
                                .put("rtype", "A"))
                .anySatisfy(record ->
                        assertThat(record.toString())
                                .contains("_http._web-shop._tcp.marathon.mesos.")
                                .contains(".marathon.mesos.:31001")
                                .contains("SRV"));
    }

    @Test
    void saysWhatAndHowItServes() {
        var config = new JsonObject(ask("/v1/config"));

        assertThat(config.getInteger("TTL")).isEqualTo(5);
        assertThat(config.getInteger("Port")).isEqualTo(PORT);
        assertThat(config.getString("Domain")).isEqualTo("mesos");
        assertThat(config.getBoolean("DnsOn")).isTrue();
        assertThat(new JsonObject(ask("/v1/version")).fieldNames())
                .containsExactly("Service", "Version", "URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/",
                "/v1/axfr",
                "/v1/hosts/a/ports",
                "/v1/hosts/%zz",
                "/routes"
            })
    void anyOtherPathIsNotItsOwn(String path) {
        assertThat(api.answer(path)).isEmpty();
    }
}
