package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What an agent tells of the usage of its tasks, and does when it is too much.
@EnabledOnOs(OS.LINUX)
final class DiskQuotaProtocolTest {
    private static final String AGENT = "agent-1";
    private static final String TOKEN = "a-token";
    private static final Topics TOPICS = new Topics("disk.");
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final String IMAGE = "busybox:local";
    private static final String FILL =
            "cd $MESOS_SANDBOX; while [ ! -e go ]; do sleep 0.1; done;"
                    + " dd if=/dev/zero of=big bs=1024 count=14336 2> /dev/null; exec sleep 1000";

    @TempDir Path brokerDir;
    @TempDir Path dir;
    private TestBroker broker;
    private ScriptedPlanner planner;
    private AgentDaemon agent;
    private String address;
    private long epoch;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(brokerDir);
        broker.create(TOPICS.all());
        planner = new ScriptedPlanner(broker.bootstrap(), TOPICS);
        agent =
                new AgentDaemon(
                        AgentConfig.of(
                                        broker.bootstrap(),
                                        TOPICS,
                                        AGENT,
                                        "127.0.0.1",
                                        dir,
                                        Resources.of(2, 1024, 100, 0),
                                        List.of(new PortRange(31000, 31099)),
                                        Map.of())
                                .withAgentToken(Optional.of(TOKEN)));
        agent.start();
        var join = planner.joined(1);
        address = join.address().orElseThrow();
        epoch = planner.welcome(join);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        Leftovers.end(dir);
        planner.close();
        broker.close();
    }

    private JsonNode usage(AgentCommand.Task task) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(address + "/tasks/" + task.taskId() + "/usage"))
                            .header("Authorization", "Bearer " + TOKEN)
                            .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new ObjectMapper().readTree(answer.body());
        }
    }

    private void exceedsAndFails(AgentCommand.Task task, int quota, Path sandbox) throws Exception {
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);
        await().atMost(LONG).until(() -> usage(task).at("/statistics/disk_used_bytes").isNumber());
        var figures = usage(task).path("statistics");
        assertThat(figures.path("disk_limit_bytes").asLong()).isEqualTo(quota << 20);
        assertThat(figures.path("disk_used_bytes").asLong()).isLessThan(1 << 20);
        assertThat(figures.path("mem_rss_bytes").asLong()).isPositive();
        assertThat(figures.path("cpus_user_time_secs").isNumber()).isTrue();

        assertThat(sandbox.resolve("go").toFile().createNewFile()).isTrue();
        assertThat(planner.status(task.taskId(), TaskState.FAILED).message())
                .matches(
                        "Disk usage \\(14(\\.\\d)? MB\\) exceeds quota \\(%d MB\\)"
                                .formatted(quota));
        assertThat(sandbox.resolve("big")).hasSize(14 << 20);
        assertThat(usage(task).path("message").asText()).contains("does not run");
    }

    private Path sandbox(AgentCommand.Task task) {
        return dir.resolve("sandboxes").resolve(task.taskId().value());
    }

    @Test
    void aTaskWhoseSandboxExceedsItsDiskFailsAndItsFilesAreKept() throws Exception {
        var task = Given.cmd(FILL).disk(10).task();
        exceedsAndFails(task, 10, sandbox(task));
    }

    @Test
    @NeedsDocker(images = IMAGE)
    void soDoesAContainer() throws Exception {
        var task = Given.cmd(FILL).image(IMAGE).disk(10).task();
        exceedsAndFails(task, 10, sandbox(task));
    }

    @Test
    void soDoesAPodByWhatAllItsContainersTake() throws Exception {
        var pod =
                GivenPod.pod(
                        """
                        {'containers': [
                          {'name': 'a', 'exec': {'command': {'shell': '%s'}}, 'resources': {'cpus': 0.1, 'mem': 32, 'disk': 1}},
                          {'name': 'b', 'exec': {'command': {'shell': 'exec sleep 1000'}}, 'resources': {'cpus': 0.1, 'mem': 32, 'disk': 1}}],
                         'executorResources': {'disk': 10}}\
                        """
                                .formatted(FILL));
        var task = GivenPod.task(pod, List.of()).task().orElseThrow();
        exceedsAndFails(task, 12, sandbox(task).resolve("containers").resolve("a"));
    }

    @Test
    void withoutADiskATaskMayTakeWhatItLikes() throws Exception {
        var task = Given.cmd(FILL).task();
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);
        assertThat(sandbox(task).resolve("go").toFile().createNewFile()).isTrue();
        await().atMost(LONG)
                .until(() -> usage(task).at("/statistics/disk_used_bytes").asLong() >= 14 << 20);
        assertThat(usage(task).at("/statistics").has("disk_limit_bytes")).isFalse();
        assertThat(agent.liveTasks()).isEqualTo(1);
    }
}
