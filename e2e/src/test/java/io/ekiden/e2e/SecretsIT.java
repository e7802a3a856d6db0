package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.e2e.RunningEkiden.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Two agents, an app with a secret on each and a pod: tasks have what they name, an agent has what
/// its own tasks name, and the plain values are nowhere else.
final class SecretsIT extends EkidenTest {
    private static final String ONE = "CANARY-" + UUID.randomUUID();
    private static final String TWO = "CANARY-" + UUID.randomUUID();
    private static final Canaries CANARIES = new Canaries(List.of(ONE, TWO));

    /// What a task says of its secrets: whoever knows them can tell that they are the same.
    private static final String TELL =
            "(printf %s $PASSWORD | sha256sum; sha256sum < etc/db) > told; exec sleep 7654321";

    private static String app(String id, String host, String secret) {
        return """
        {'id': '%s', 'cmd': '%s', 'cpus': 0.1, 'mem': 16, 'portDefinitions': [],
         'constraints': [['hostname', 'CLUSTER', '%s']],
         'secrets': {'db': {'source': '%s'}}, 'env': {'PASSWORD': {'secret': 'db'}},
         'container': {'type': 'MESOS', 'volumes': [{'containerPath': 'etc/db', 'secret': 'db'}]}}
        """
                .formatted(id, TELL, host, secret)
                .replace('\'', '"');
    }

    private static final String POD =
            """
            {'id': '/pod', 'secrets': {'db': {'source': 'shop/one'}},
             'environment': {'PASSWORD': {'secret': 'db'}},
             'containers': [{'name': 'c', 'exec': {'command': {'shell': '%s'}},
               'resources': {'cpus': 0.1, 'mem': 16},
               'volumeMounts': [{'name': 'v', 'mountPath': 'etc/db'}]}],
             'scheduling': {'placement': {'constraints':
               [{'fieldName': 'hostname', 'operator': 'CLUSTER', 'value': '127.0.0.1'}]}},
             'volumes': [{'name': 'v', 'secret': 'db'}]}
            """
                    .formatted(TELL)
                    .replace('\'', '"');

    @Test
    void tasksHaveTheirSecretsAndNobodyElseDoes() throws Exception {
        int ports = RunningEkiden.freeBlock();
        var ekiden =
                up(
                        "--agent=name=agent-2;hostname=127.0.0.2;cpus=2;mem=512;ports=%d-%d"
                                .formatted(ports, ports + 9));
        var answers = new ArrayList<Answer>();
        answers.add(put(ekiden, "shop/one", ONE));
        var value = Files.writeString(directory.resolve("two"), TWO);
        var set = ekiden.command("secret", "set", "two", "--file", value.toString());
        assertThat(set.remarks()).containsExactly("ekiden: set two");
        Files.delete(value);
        answers.add(ekiden.put("/v2/apps/one", app("/one", "127.0.0.1", "shop/one")));
        answers.add(ekiden.put("/v2/apps/two", app("/two", "127.0.0.2", "two")));
        answers.add(ekiden.put("/v2/apps/none", app("/none", "127.0.0.2", "shop/none")));
        answers.add(ekiden.post("/v2/pods", POD));
        assertThat(answers).allMatch(answer -> answer.status() < 300);

        assertThat(told(ekiden, "/v2/tasks/" + task(ekiden, "/one"))).isEqualTo(twice(ONE));
        assertThat(told(ekiden, "/v2/tasks/" + task(ekiden, "/two"))).isEqualTo(twice(TWO));
        assertThat(told(ekiden, "/v2/tasks/" + container(ekiden))).isEqualTo(twice(ONE));
        missing(ekiden);

        ownOnly(ekiden);
        answers.addAll(everythingThatCanBeAsked(ekiden));
        assertThat(answers).allSatisfy(answer -> CANARIES.assertNotIn(answer.text()));
        assertThat(running("sleep")).hasSize(3).allSatisfy(SecretsIT::assertCleanArguments);
        assertNothingWritten(ekiden);

        for (var path : List.of("/v2/apps/one", "/v2/apps/two", "/v2/apps/none", "/v2/pods/pod")) {
            assertThat(ekiden.delete(path).status()).isLessThan(300);
        }
        await().atMost(RunningEkiden.PATIENCE)
                .until(() ->
                        kept(ekiden, "agent-1").isEmpty() && kept(ekiden, "agent-2").isEmpty());
        assertNothingWritten(ekiden);
    }

    private static Answer put(RunningEkiden ekiden, String path, String value) {
        return ekiden.put("/v2/secrets/" + path, "{\"value\": \"%s\"}".formatted(value));
    }

    private static String task(RunningEkiden ekiden, String app) {
        return await(app)
                .atMost(RunningEkiden.PATIENCE)
                .until(
                        () ->
                                ekiden.tasks(app).stream()
                                        .filter(task ->
                                                task.path("state").asText().equals("TASK_RUNNING"))
                                        .map(task -> task.path("id").asText())
                                        .findFirst()
                                        .orElse(""),
                        id -> !id.isEmpty());
    }

    private static String container(RunningEkiden ekiden) {
        return await("/pod")
                .atMost(RunningEkiden.PATIENCE)
                .until(
                        () -> {
                            var status = ekiden.get("/v2/pods/pod::status").body();
                            return status.path("status").asText().equals("STABLE")
                                    ? status.at("/instances/0/containers/0/containerId").asText()
                                    : "";
                        },
                        id -> !id.isEmpty());
    }

    private static List<String> told(RunningEkiden ekiden, String task) {
        var answer =
                await(task)
                        .atMost(RunningEkiden.PATIENCE)
                        .until(
                                () -> ekiden.get(task + "/files/download?path=told"),
                                got -> got.status() == 200 && got.text().lines().count() == 2);
        // Neither can be read from outside: it is not in the sandbox but linked there.
        var secret = ekiden.get(task + "/files/download?path=etc/db");
        assertThat(secret.status()).isEqualTo(404);
        CANARIES.assertNotIn(secret.text());
        return answer.text().lines().map(line -> line.split(" ", -1)[0]).toList();
    }

    private static List<String> twice(String value) throws Exception {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        return List.of(hash, hash);
    }

    private static void missing(RunningEkiden ekiden) {
        await().atMost(RunningEkiden.PATIENCE)
                .untilAsserted(() ->
                        assertThat(ekiden.app("/none").at("/lastTaskFailure/message").asText())
                                .isEqualTo("there is no secret 'shop/none'"));
    }

    /// Where an agent keeps values while its tasks live, as it says when it starts.
    private static Path folder(RunningEkiden ekiden, String agent) throws IOException {
        var line = Pattern.compile("agent=" + agent + " secrets=(\\S+) ");
        var log = Files.readString(ekiden.data().resolve("log/ekiden.log"));
        return line.matcher(log).results().map(found -> Path.of(found.group(1))).toList().getLast();
    }

    private static List<String> kept(RunningEkiden ekiden, String agent) throws IOException {
        var texts = new ArrayList<String>();
        for (var file : Canaries.files(folder(ekiden, agent))) {
            texts.add(Canaries.read(file));
        }
        return texts;
    }

    private static void ownOnly(RunningEkiden ekiden) throws IOException {
        assertThat(String.join("\n", kept(ekiden, "agent-2"))).contains(TWO).doesNotContain(ONE);
        assertThat(String.join("\n", kept(ekiden, "agent-1"))).contains(ONE).doesNotContain(TWO);
    }

    private static List<Answer> everythingThatCanBeAsked(RunningEkiden ekiden) {
        return Stream.of(
                        "/v2/apps?embed=apps.tasks&embed=apps.lastTaskFailure",
                        "/v2/apps/one",
                        "/v2/apps/one/versions",
                        "/v2/pods",
                        "/v2/pods/::status",
                        "/v2/groups?embed=group.apps&embed=group.pods",
                        "/v2/tasks",
                        "/v2/tasks/ended",
                        "/v2/queue?embed=lastUnusedOffers",
                        "/v2/deployments",
                        "/v2/services",
                        "/v2/agents",
                        "/v2/audit?limit=100",
                        "/v2/secrets",
                        "/v2/secrets/two",
                        "/v2/info",
                        "/config",
                        "/metrics",
                        "/v2/tasks/" + task(ekiden, "/one") + "/files/browse?path=",
                        "/v2/tasks/" + task(ekiden, "/one") + "/files/browse?path=etc")
                .map(ekiden::get)
                .toList();
    }

    private static void assertCleanArguments(long pid) {
        try {
            CANARIES.assertNotIn(Canaries.read(Path.of("/proc/%d/cmdline".formatted(pid))));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The whole data directory (Kafka's log with every topic, agents' records and sandboxes, what
    /// was logged) and all that was said.
    private void assertNothingWritten(RunningEkiden ekiden) throws IOException {
        assertThat(folder(ekiden, "agent-1").startsWith(ekiden.data()))
                .as("there is memory to keep secrets in")
                .isFalse();
        CANARIES.assertNotBelow(directory);
        CANARIES.assertNotIn(
                String.join("\n", ekiden.launcher().results()) + ekiden.launcher().remarks());
    }
}
