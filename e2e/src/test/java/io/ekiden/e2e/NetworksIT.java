package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.testkit.NeedsDocker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Apps and pods on a network that was made in the engine.
@NeedsDocker(images = "busybox:local")
final class NetworksIT extends EkidenTest {
    private static final String APP =
            """
            {"id": "/web", "cpus": 0.1, "mem": 32, "instances": 2,
             "cmd": "hostname > /tmp/index.html; exec httpd -f -p 8080 -h /tmp",
             "container": {"docker": {"image": "busybox:local", "network": "USER"},
                           "portMappings": [{"containerPort": 8080, "servicePort": SERVICE}]},
             "ipAddress": {"networkName": "NETWORK"},
             "healthChecks": [{"protocol": "HTTP", "path": "/index.html", "intervalSeconds": 1,
                               "gracePeriodSeconds": 20, "timeoutSeconds": 2}]}
            """;

    private static final String POD =
            """
            {"id": "/pod", "networks": [{"mode": "container", "name": "NETWORK"}],
             "containers": [
               {"name": "first", "image": {"kind": "DOCKER", "id": "busybox:local"},
                "exec": {"command": {"shell": "exec sleep 1000"}},
                "resources": {"cpus": 0.1, "mem": 32}},
               {"name": "web", "image": {"kind": "DOCKER", "id": "busybox:local"},
                "exec": {"command": {"shell": "echo pod > /tmp/index.html; exec httpd -f -p 8081 -h /tmp"}},
                "resources": {"cpus": 0.1, "mem": 32},
                "endpoints": [{"name": "http", "containerPort": 8081}],
                "healthCheck": {"http": {"endpoint": "http", "path": "/index.html"},
                  "intervalSeconds": 2, "timeoutSeconds": 1, "delaySeconds": 0, "gracePeriodSeconds": 30}}]}
            """;

    private final String network = "ekiden-e2e-" + UUID.randomUUID();

    @BeforeEach
    void make() throws IOException {
        docker("network", "create", network);
    }

    @AfterEach
    void remove() throws IOException {
        docker("network", "rm", network);
    }

    @Test
    void aTaskIsReachedAtItsOwnAddress() throws Exception {
        var ekiden = up();
        int service = ekiden.servicePort();
        var app = APP.replace("NETWORK", network).replace("SERVICE", Integer.toString(service));

        var created = ekiden.post("/v2/apps", app);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("networks").path(0).path("name").asText())
                .isEqualTo(network);
        ekiden.awaitHealthy("/web", 2);
        var tasks = ekiden.tasks("/web");
        assertThat(tasks).allMatch(task -> task.path("ports").isEmpty());
        var addresses = tasks.stream().map(NetworksIT::address).toList();
        assertThat(addresses).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(known());
        for (var address : addresses) {
            assertThat(get("http://%s:8080/".formatted(address))).isNotEmpty();
        }
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.getService(service).status() == 200);
        assertThat(lines(ekiden, "")).isEqualTo("web\t%d\t\n".formatted(service));
        assertThat(lines(ekiden, "?containerNetworks=" + network))
                .contains(addresses.getFirst() + ":8080\t", addresses.getLast() + ":8080\t");

        assertThat(ekiden.delete("/v2/apps/web").status()).isEqualTo(200);
        ekiden.awaitGone("/web");
        await().atMost(RunningEkiden.PATIENCE).until(() -> known().isEmpty());
    }

    @Test
    void aPodsContainersShareOne() throws Exception {
        var ekiden = up();
        assertThat(ekiden.post("/v2/pods", POD.replace("NETWORK", network)).status())
                .isEqualTo(201);

        await().atMost(RunningEkiden.PATIENCE)
                .until(() ->
                        ekiden.get("/v2/pods/pod::status")
                                .body()
                                .path("status")
                                .asText()
                                .equals("STABLE"));

        var instance = ekiden.get("/v2/pods/pod::status").body().path("instances").path(0);
        var joined = instance.path("networks").path(0);
        assertThat(joined.path("name").asText()).isEqualTo(network);
        assertThat(known()).containsExactly(joined.path("addresses").path(0).asText());
        assertThat(instance.findValue("endpoints").findValue("allocatedHostPort")).isNull();
        assertThat(get("http://%s:8081/".formatted(known().getFirst()))).isEqualTo("pod\n");

        assertThat(ekiden.delete("/v2/pods/pod").status()).isEqualTo(202);
        await().atMost(RunningEkiden.PATIENCE).until(() -> known().isEmpty());
    }

    private static String address(JsonNode task) {
        assertThat(task.path("ipAddresses")).hasSize(1);
        assertThat(task.path("ipAddresses").path(0).path("protocol").asText()).isEqualTo("IPv4");
        return task.path("ipAddresses").path(0).path("ipAddress").asText();
    }

    /// The addresses that the engine has given on the network.
    private List<String> known() throws IOException {
        var format = "{{range .Containers}}{{.IPv4Address}}\n{{end}}";
        return docker("network", "inspect", "--format", format, network).stream()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(0, line.indexOf('/')))
                .toList();
    }

    private static String lines(RunningEkiden ekiden, String query) throws IOException {
        return get(ekiden.api() + "/v2/apps/web/tasks" + query, "Accept", "text/plain");
    }

    private static String get(String uri, String... headers) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(uri));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
