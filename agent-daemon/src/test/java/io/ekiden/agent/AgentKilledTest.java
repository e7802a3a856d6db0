package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.runtime.docker.Containers;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.AgentJoined;
import io.ekiden.log.AgentReport.TaskOnAgent;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.AgentReport.TaskStatus;
import io.ekiden.log.Topics;
import io.ekiden.model.Container;
import io.ekiden.model.Pod;
import io.ekiden.model.TaskId;
import io.ekiden.model.Volume;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent with native tasks, containers, and pods of both, all coming and going, is killed
/// outright again and again, at moments that nobody chose. `-Dekiden.agent.kills=500` does it
/// longer.
@NeedsDocker
@NeedsProgram("busybox")
final class AgentKilledTest {
    private static final int KILLS = Integer.getInteger("ekiden.agent.kills", 20);
    private static final long SEED = Long.getLong("ekiden.seed", System.nanoTime());
    private static final int TASKS = 30;
    private static final int CHURN = 3;
    private static final int LONGEST_LIFE_MILLIS = 1000;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir static Path brokerDir;

    @TempDir Path dir;

    private final String agentId = "killed-" + UUID.randomUUID();
    private final Topics topics = new Topics(agentId + ".");
    private final Random random = new Random(SEED);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<TaskId, AgentCommand.Task> launched = new TreeMap<>();
    private final Map<TaskId, String> executions = new HashMap<>();
    private final Set<TaskId> seen = new HashSet<>();
    private final Set<TaskId> running = new HashSet<>();
    private final Set<TaskId> ended = new HashSet<>();
    private final Set<TaskId> killOrdered = new HashSet<>();
    private final Set<String> answered = new HashSet<>();
    private Path marks;
    private Path work;
    private Containers containers;
    private TestBroker broker;
    private ScriptedPlanner planner;

    @BeforeEach
    void begin() throws IOException {
        marks = Files.createDirectory(dir.resolve("marks"));
        work = dir.resolve("work");
        broker = TestBroker.start(brokerDir);
        opened.add(broker);
        broker.create(topics.all());
        containers = new Containers(agentId);
        opened.add(containers);
        planner = new ScriptedPlanner(broker.bootstrap(), topics);
        opened.add(planner);
    }

    @AfterEach
    void end() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
        Leftovers.end(work);
    }

    @Test
    void killedAtAnyMomentAnAgentLosesNoTaskAndStartsNoneTwice() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            try (var agent = start()) {
                // Now and then before it has come so far as to be a member.
                if (random.nextInt(5) < 3) {
                    churn(admit("kill %d of seed %d".formatted(kill, SEED)));
                }
                Thread.sleep(random.nextInt(LONGEST_LIFE_MILLIS));
                agent.kill();
            }
        }
        try (var agent = start()) {
            long epoch = admit("at the end of seed " + SEED);
            for (var task : live()) {
                planner.kill(agentId, epoch, task);
                killOrdered.add(task);
            }
            await().atMost(LONG)
                    .until(() -> {
                        learn();
                        return live().isEmpty();
                    });
            await().atMost(LONG).until(containers::none);
            assertThat(processes()).isEmpty();
            agent.kill();
        }
        launched.values().forEach(this::assertStartedOnceAtMost);
        assertThat(
                        launched.values().stream()
                                .flatMap(task -> parts(task).stream())
                                .filter(this::started)
                                .count())
                .describedAs("tasks that were started")
                .isGreaterThanOrEqualTo(TASKS);
    }

    private AgentProcess start() throws IOException {
        return AgentProcess.start(
                broker.bootstrap(), topics, work, agentId, dir.resolve("agent.log"));
    }

    private Set<TaskId> live() {
        return launched.keySet().stream()
                .filter(task -> !ended.contains(task))
                .collect(Collectors.toSet());
    }

    /// New tasks in the place of those that ended, and an end for some others.
    private void churn(long epoch) {
        var victims =
                live().stream()
                        .filter(running::contains)
                        .filter(task -> !killOrdered.contains(task))
                        .sorted()
                        .limit(random.nextInt(CHURN + 1))
                        .toList();
        for (var task : victims) {
            killOrdered.add(task);
            planner.kill(agentId, epoch, task);
        }
        for (int n = live().size(); n < TASKS + victims.size(); n++) {
            var task = newTask(n);
            launched.put(task.taskId(), task);
            planner.launch(agentId, epoch, task);
        }
    }

    /// Each container notes its start in a file with its name.
    private AgentCommand.Task newTask(int n) {
        var command = "echo started >> %s/$MESOS_TASK_ID; exec sleep 10000".formatted(marks);
        var task =
                switch (n % 4) {
                    case 0 -> Given.cmd(command).mem(32).task();
                    case 1 ->
                            Given.cmd(command)
                                    .mem(32)
                                    .image(Containers.IMAGE)
                                    .hostVolume(marks.toString(), marks.toString(), Volume.Mode.RW)
                                    .task();
                    case 2 -> pod(command, "", "");
                    default ->
                            pod(
                                    command,
                                    ", 'image': {'kind': 'DOCKER', 'id': '%s'}, 'volumeMounts': [{'name': 'v', 'mountPath': '%s'}]"
                                            .formatted(Containers.IMAGE, marks),
                                    ", 'volumes': [{'name': 'v', 'host': '%s'}]".formatted(marks));
                };
        // Definitions that differ have versions that differ.
        var spec =
                task.spec()
                        .withVersion(
                                Given.NOON.plusMillis(launched.size()), task.spec().versionInfo());
        return new AgentCommand.Task(
                task.taskId(), spec, task.hostPorts(), task.volumes(), task.launch());
    }

    private static AgentCommand.Task pod(String command, String ofContainers, String ofPod) {
        var containers =
                Stream.of("one", "two")
                        .map(name ->
                                "{'name': '%s', 'exec': {'command': {'shell': '%s'}}, 'resources': {'cpus': 0.1, 'mem': 32}%s}"
                                        .formatted(name, command, ofContainers))
                        .collect(Collectors.joining(", "));
        return GivenPod.task(
                        GivenPod.pod("{'containers': [%s]%s}".formatted(containers, ofPod)),
                        List.of())
                .task()
                .orElseThrow();
    }

    /// What is executed: the containers of a pod, else the task itself.
    private static List<TaskId> parts(AgentCommand.Task task) {
        return task.spec() instanceof Pod pod
                ? pod.containers().stream()
                        .map(container -> task.taskId().ofContainer(container.name()))
                        .toList()
                : List.of(task.taskId());
    }

    /// Answers the newest join as a planner does, until the agent is a member.
    private long admit(String when) {
        var epoch = new long[1];
        await().atMost(LONG)
                .until(() -> {
                    var joins = planner.joins();
                    if (!joins.isEmpty() && answered.add(joins.getLast().session())) {
                        learn();
                        check(joins.getLast(), when);
                        epoch[0] = planner.welcome(joins.getLast(), assignment());
                    }
                    return planner.heartbeats().stream().anyMatch(h -> h.epoch() == epoch[0]);
                });
        return epoch[0];
    }

    private AgentCommand.Task[] assignment() {
        return live().stream()
                .sorted()
                .map(launched::get)
                .map(task ->
                        new AgentCommand.Task(
                                task.taskId(),
                                task.spec(),
                                task.hostPorts(),
                                task.volumes(),
                                !seen.contains(task.taskId())))
                .toArray(AgentCommand.Task[]::new);
    }

    /// What agents have reported so far.
    private void learn() {
        for (var report : planner.reports()) {
            if (report instanceof TaskStatus status) {
                learn(status.taskId(), status.state());
            }
        }
    }

    private void learn(TaskId task, TaskState state) {
        seen.add(task);
        switch (state) {
            case STAGING, STARTING -> {}
            case RUNNING -> running.add(task);
            case KILLED -> {
                assertThat(killOrdered).contains(task);
                ended.add(task);
            }
            case ERROR -> {
                assertThat(running).describedAs("%s was started", task).doesNotContain(task);
                // Of a pod, one container may have come further than the others.
                if (parts(launched.get(task)).size() == 1) {
                    assertThat(started(task)).describedAs("%s was started", task).isFalse();
                }
                ended.add(task);
            }
            case FINISHED, FAILED, GONE ->
                    throw new AssertionError("%s is %s unasked".formatted(task, state));
        }
    }

    private void check(AgentJoined join, String when) {
        var inventory =
                join.inventory().stream()
                        .collect(Collectors.toMap(TaskOnAgent::taskId, TaskOnAgent::state));
        inventory.forEach(this::learn);
        var now = containers.running();
        processes().forEach((task, pid) -> now.put(task, pid));
        for (var task : launched.values()) {
            var id = task.taskId();
            assertStartedOnceAtMost(task);
            if (running.contains(id) && !killOrdered.contains(id)) {
                assertThat(inventory).describedAs(when).containsEntry(id, TaskState.RUNNING);
                for (var part : parts(task)) {
                    assertThat(now).describedAs(when).containsKey(part);
                    var before = executions.put(part, now.get(part));
                    assertThat(now.get(part))
                            .describedAs("%s of %s", when, part)
                            .isEqualTo(Optional.ofNullable(before).orElse(now.get(part)));
                }
            }
        }
        assertThat(now.keySet())
                .describedAs("what runs, %s, with %s and %s ended", when, inventory, ended)
                .allMatch(
                        part -> inventory.containsKey(part.unit()) && !ended.contains(part.unit()));
    }

    /// The first processes of native tasks, by the process table.
    private Map<TaskId, String> processes() {
        var found = new HashMap<TaskId, String>();
        for (var task : launched.values()) {
            if (task.spec().runtime() == Container.Type.MESOS) {
                for (var part : parts(task)) {
                    Leftovers.leader(work, part)
                            .ifPresent(pid -> found.put(part, Long.toString(pid)));
                }
            }
        }
        return found;
    }

    private void assertStartedOnceAtMost(AgentCommand.Task task) {
        try {
            for (var part : parts(task)) {
                var mark = marks.resolve(part.value());
                assertThat(Files.exists(mark) ? Files.readAllLines(mark) : List.of())
                        .describedAs("starts of %s", part)
                        .hasSizeLessThanOrEqualTo(1);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean started(TaskId task) {
        return Files.exists(marks.resolve(task.value()));
    }
}
