package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Topics;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// An agent's announced address, and what is read there of tasks that it runs and ran.
@EnabledOnOs(OS.LINUX)
final class DataPlaneTest {
    private static final String AGENT = "agent-1";
    private static final String TOKEN = "a-token";
    private static final Topics TOPICS = new Topics("data.");

    @TempDir Path brokerDir;
    @TempDir Path dir;
    private TestBroker broker;
    private ScriptedPlanner planner;
    private Optional<AgentDaemon> agent = Optional.empty();

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(brokerDir);
        broker.create(TOPICS.all());
        planner = new ScriptedPlanner(broker.bootstrap(), TOPICS);
    }

    @AfterEach
    void stop() throws Exception {
        agent.ifPresent(AgentDaemon::close);
        Leftovers.end(dir);
        planner.close();
        broker.close();
    }

    private void startAgent(Optional<String> token) {
        var config =
                AgentConfig.of(
                        broker.bootstrap(),
                        TOPICS,
                        AGENT,
                        "127.0.0.1",
                        dir,
                        Resources.of(2, 1024, 0, 0),
                        List.of(new PortRange(31000, 31099)),
                        Map.of());
        agent = Optional.of(new AgentDaemon(config.withAgentToken(token)));
        agent.get().start();
    }

    private static AgentCommand.Task withVolume(AgentCommand.Task task) {
        return new AgentCommand.Task(
                task.taskId(),
                task.app(),
                task.hostPorts(),
                List.of(new LocalVolume("data", "shop_web#data#1", Optional.empty())),
                true);
    }

    @Test
    void anAgentWithoutATokenAnnouncesNoAddress() {
        startAgent(Optional.empty());

        assertThat(planner.joined(1).address()).isEmpty();
    }

    @Test
    void filesOfATaskAndItsVolumeAreReadWhileItRunsAndAfterItsEnd() throws Exception {
        startAgent(Optional.of(TOKEN));
        var join = planner.joined(1);
        var address = join.address().orElseThrow();
        long epoch = planner.welcome(join);
        var task =
                withVolume(
                        Given.cmd(
                                        "echo hello; echo today > data/date;"
                                                + " touch up; while [ ! -e go ]; do sleep 0.1; done")
                                .task());
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);
        var sandbox = dir.resolve("sandboxes").resolve(task.taskId().value());
        await().until(() -> sandbox.resolve("up").toFile().exists());

        assertReadable(address, task);
        assertThat(sandbox.resolve("go").toFile().createNewFile()).isTrue();
        planner.status(task.taskId(), TaskState.FINISHED);
        assertReadable(address, task);
    }

    private static void assertReadable(String address, AgentCommand.Task task) throws Exception {
        var root = address + "/tasks/" + task.taskId();
        assertThat(get(root + "/logs/stdout")).isEqualTo("hello\n");
        assertThat(get(root + "/files/read?offset=0&path=data/date"))
                .isEqualTo("{\"data\":\"today\\n\",\"offset\":0}");
        assertThat(get(root + "/files/browse?path=data")).contains("\"path\":\"data/date\"");
        assertThat(get(root + "/files/browse")).contains("\"path\":\"data\",").contains("drwx");
    }

    private static String get(String url) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(url))
                            .header("Authorization", "Bearer " + TOKEN)
                            .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
