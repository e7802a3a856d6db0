package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.testkit.NeedsDocker;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tasks that ask for names by their usual resolver, and reach what has a virtual address. As root
/// only: at port 53 of Docker's bridge, and with a route of their own for virtual addresses.
@NeedsDocker(images = "busybox:local")
final class ContainerNamesIT extends EkidenTest {
    private static final String RANGE = "198.18.77.0/24";
    private static final String NAME = "web.marathon.l4lb.thisdcos.directory";
    private static final String ASK =
            """
            while ! nslookup web.marathon.mesos > found; do sleep 1; done
            cat /etc/resolv.conf found
            nslookup example.com
            address=$(nslookup %s | awk '/^Address/ { a = $2 } END { print a }')
            wget -q -O - http://$address:8000/
            echo asked
            exec sleep 1000
            """
                    .formatted(NAME);

    private String bridge;

    @BeforeEach
    void makeRoute() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
        bridge =
                NetworkInterface.getByName("docker0")
                        .inetAddresses()
                        .filter(Inet4Address.class::isInstance)
                        .findFirst()
                        .orElseThrow()
                        .getHostAddress();
        route("add");
    }

    @AfterEach
    void removeRoute() throws IOException {
        route("del");
    }

    private static void route(String verb) throws IOException {
        var ip = new ProcessBuilder("ip", "route", verb, "local", RANGE, "dev", "lo").start();
        assertThat(new String(ip.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
    }

    @Test
    void aContainerFindsAServiceByItsName() throws Exception {
        var ekiden = up("--container-dns=" + bridge, "--virtual-addresses=" + RANGE);
        var web = LightServer.app("/web", starts(), 1, ekiden.servicePort());
        ((ObjectNode) web.path("portDefinitions").path(0))
                .putObject("labels")
                .put("VIP_0", "/web:8000");
        assertThat(ekiden.post("/v2/apps", web.toString()).status()).isEqualTo(201);
        var client = JsonNodeFactory.instance.objectNode();
        client.put("id", "/client").put("cmd", ASK).put("cpus", 0.1).put("mem", 32);
        client.putArray("networks").addObject().put("mode", "container/bridge");
        client.putObject("container")
                .put("type", "DOCKER")
                .putObject("docker")
                .put("image", "busybox:local");
        assertThat(ekiden.post("/v2/apps", client.toString()).status()).isEqualTo(201);
        ekiden.awaitHealthy("/web", 1);

        await().atMost(RunningEkiden.PATIENCE)
                .untilAsserted(() -> assertThat(output()).contains("asked"));

        assertThat(output())
                .contains(
                        "nameserver " + bridge,
                        "Address: 127.0.0.1",
                        ekiden.tasks("/web").getFirst().path("id").asText());
    }

    @Test
    void aNativeTaskFindsItToo() throws Exception {
        var ekiden = up("--container-dns=" + bridge);
        var web = LightServer.app("/web", starts(), 1, ekiden.servicePort());
        assertThat(ekiden.post("/v2/apps", web.toString()).status()).isEqualTo(201);
        ekiden.awaitHealthy("/web", 1);
        var found = directory.resolve("found");
        var client = JsonNodeFactory.instance.objectNode();
        client.put("id", "/client").put("cpus", 0.1).put("mem", 32);
        client.put(
                "cmd",
                "busybox nslookup web.marathon.mesos > %s.new; mv %s.new %s; exec sleep 1000"
                        .formatted(found, found, found));
        client.putArray("portDefinitions");

        assertThat(ekiden.post("/v2/apps", client.toString()).status()).isEqualTo(201);

        await().atMost(RunningEkiden.PATIENCE).until(() -> Files.exists(found));
        assertThat(Files.readString(found)).contains(bridge, "Name:\tweb.marathon.mesos");
    }

    private static List<String> output() throws IOException {
        var containers = docker("ps", "-q", "--filter", "name=ekiden-client");
        return containers.isEmpty() ? List.of() : docker("logs", containers.getFirst());
    }
}
