package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.AgentDaemon.State;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.AgentJoined;
import io.ekiden.log.AgentReport.AgentLeaving;
import io.ekiden.log.AgentReport.CheckChanged;
import io.ekiden.log.AgentReport.HealthChanged;
import io.ekiden.log.AgentReport.TaskOnAgent;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.AgentReport.TaskStatus;
import io.ekiden.log.Topics;
import io.ekiden.model.CheckResult;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck.Protocol;
import io.ekiden.model.PortRange;
import io.ekiden.model.Probe;
import io.ekiden.model.Resources;
import io.ekiden.model.TaskId;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent against a real broker, with a planner played by hand.
final class AgentProtocolTest {
    private static final String AGENT = "agent-1";
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(500);

    /// The hand-made planner answers one join only: it must be the newest.
    private static final AgentConfig.Timings TIMINGS = timings(Duration.ofMillis(200), LONG, LONG);

    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    @TempDir static Path brokerDir;
    private static TestBroker broker;

    @TempDir Path dir;
    private final Topics topics = new Topics("t%d.".formatted(CLUSTERS.incrementAndGet()));
    private final List<AutoCloseable> opened = new ArrayList<>();
    private ScriptedPlanner planner;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(brokerDir);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startPlanner() throws Exception {
        broker.create(topics.all());
        planner = new ScriptedPlanner(broker.bootstrap(), topics);
        opened.add(planner);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
        Leftovers.end(dir);
    }

    private static AgentConfig.Timings timings(Duration heartbeat, Duration lease, Duration join) {
        return new AgentConfig.Timings(heartbeat, lease, join, join, Duration.ofSeconds(1), LONG);
    }

    private AgentConfig config(Path workDir, AgentConfig.Timings timings) {
        return AgentConfig.of(
                        broker.bootstrap(),
                        topics,
                        AGENT,
                        "127.0.0.1",
                        workDir,
                        Resources.of(2, 1024, 0, 0),
                        List.of(new PortRange(31000, 31099)),
                        Map.of("rack", "r1"))
                .withTimings(timings);
    }

    private AgentDaemon agent() {
        return agent(config(dir, TIMINGS));
    }

    private AgentDaemon agent(AgentConfig config) {
        var agent = new AgentDaemon(config);
        opened.add(agent);
        agent.start();
        return agent;
    }

    private static void awaitState(AgentDaemon agent, State state) {
        await().atMost(Duration.ofSeconds(30)).until(() -> agent.state() == state);
    }

    @Test
    void joinsAndLaunchesAndReportsAndKills() {
        var agent = agent();
        var join = planner.joined(1);
        assertThat(join.memberId()).isEqualTo(AGENT);
        assertThat(join.inventory()).isEmpty();
        assertThat(join.attributes()).containsEntry("rack", "r1").containsKey("isolation");
        assertThat(join.ports()).containsExactly(new PortRange(31000, 31099));

        var assigned = Given.cmd("sleep 1000").task();
        long epoch = planner.welcome(join, assigned);
        var launched = Given.cmd("sleep 1000").task();
        planner.launch(AGENT, epoch, launched);

        planner.status(assigned.taskId(), TaskState.RUNNING);
        var status = planner.status(launched.taskId(), TaskState.RUNNING);
        assertThat(status.epoch()).isEqualTo(epoch);
        assertThat(status.causation()).isGreaterThan(epoch);
        assertThat(agent.state()).isEqualTo(State.MEMBER);
        await().until(() -> planner.heartbeats().stream().anyMatch(h -> h.epoch() == epoch));

        planner.kill(AGENT, epoch, launched.taskId());
        var killed = planner.status(launched.taskId(), TaskState.KILLED);
        assertThat(killed.message()).isEqualTo("Command terminated with signal Terminated");
        assertThat(killed.exitCode()).contains(143);
        assertThat(agent.liveTasks()).isEqualTo(1);
    }

    @Test
    void aFailedTasksMessageEndsWithWhatItWroteLastAndAKilledOnesDoesNot() {
        agent();
        long epoch = planner.welcome(planner.joined(1));
        var fails = Given.cmd("echo fine; echo no such table >&2; exit 3").task();
        var runs = Given.cmd("echo warning >&2; sleep 1000").task();
        planner.launch(AGENT, epoch, fails);
        planner.launch(AGENT, epoch, runs);

        assertThat(planner.status(fails.taskId(), TaskState.FAILED).message())
                .isEqualTo("Command exited with status 3\nno such table");
        planner.status(runs.taskId(), TaskState.RUNNING);
        planner.kill(AGENT, epoch, runs.taskId());
        assertThat(planner.status(runs.taskId(), TaskState.KILLED).message())
                .isEqualTo("Command terminated with signal Terminated");
    }

    @Test
    void joinsAgainAndAgainUntilItIsWelcomed() {
        agent(config(dir, timings(Duration.ofMillis(200), LONG, SHORT)));
        var joins = await().atMost(LONG).until(planner::joins, all -> all.size() >= 3);
        assertThat(joins.stream().map(AgentJoined::session)).doesNotHaveDuplicates();
    }

    @Test
    void obeysOnlyCommandsOfItsEpochAndItsId() {
        var agent = agent();
        long epoch = planner.welcome(planner.joined(1));
        var stale = Given.cmd("sleep 1000").task();
        var foreign = Given.cmd("sleep 1000").task();
        var valid = Given.cmd("sleep 1000").task();

        planner.launch(AGENT, epoch - 1, stale);
        planner.launch("agent-2", epoch, foreign);
        planner.launch(AGENT, epoch, valid);
        planner.kill(AGENT, epoch - 1, valid.taskId());
        var last = Given.cmd("exit 0").task();
        planner.launch(AGENT, epoch, last);

        planner.status(last.taskId(), TaskState.FINISHED);
        assertThat(planner.statuses(stale.taskId())).isEmpty();
        assertThat(planner.statuses(foreign.taskId())).isEmpty();
        assertThat(planner.statuses(valid.taskId())).noneMatch(s -> s.state() == TaskState.KILLED);
        assertThat(agent.liveTasks()).isEqualTo(1);
    }

    @Test
    void neverStartsATaskTwiceNorAfterItWasKilled() throws IOException {
        agent();
        long epoch = planner.welcome(planner.joined(1));
        var once = Given.cmd("echo started").task();
        planner.launch(AGENT, epoch, once);
        planner.status(once.taskId(), TaskState.FINISHED);
        var never = Given.cmd("echo started").task();
        planner.kill(AGENT, epoch, never.taskId());
        planner.status(never.taskId(), TaskState.GONE);

        planner.launch(AGENT, epoch, once);
        planner.launch(AGENT, epoch, never);

        var after = Given.cmd("exit 0").task();
        planner.launch(AGENT, epoch, after);
        planner.status(after.taskId(), TaskState.FINISHED);
        assertThat(dir.resolve("sandboxes").resolve(once.taskId().value()).resolve("stdout"))
                .hasContent("started\n");
        assertThat(dir.resolve("sandboxes").resolve(never.taskId().value())).doesNotExist();
    }

    @Test
    void anotherAgentWithItsIdFencesItAndItsTasksRunOn() {
        var agent = agent();
        long epoch = planner.welcome(planner.joined(1));
        var task = Given.cmd("sleep 1000").task();
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);

        var other = agent(config(dir.resolve("other"), TIMINGS));
        long next = planner.welcome(planner.joined(2));

        awaitState(agent, State.FENCED);
        awaitState(other, State.MEMBER);
        planner.kill(AGENT, epoch, task.taskId());
        planner.kill(AGENT, next, task.taskId());
        planner.status(task.taskId(), TaskState.GONE);
        assertThat(agent.liveTasks()).isEqualTo(1);
        assertThat(Leftovers.leader(dir, task.taskId())).isPresent();
    }

    @Test
    void anEarlierWelcomeOfAnotherDoesNotFenceTheOneThatIsJoining() {
        var agent = agent();
        var join = planner.joined(1);
        planner.welcome(AGENT, "earlier.1", "cluster-1");
        planner.welcome(join);
        awaitState(agent, State.MEMBER);
    }

    @Test
    void joinsAgainWhenToldToAndSaysWhatItHas() {
        var agent = agent();
        long epoch = planner.welcome(planner.joined(1));
        var task = Given.cmd("sleep 1000").task();
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);

        planner.rejoin(AGENT, epoch);

        var again = planner.joined(2);
        assertThat(again.inventory())
                .containsExactly(
                        new TaskOnAgent(
                                task.taskId(),
                                TaskState.RUNNING,
                                Optional.empty(),
                                "",
                                Optional.empty()));
        long next = planner.welcome(again);
        var other = Given.cmd("exit 0").task();
        planner.launch(AGENT, next, other);
        planner.status(other.taskId(), TaskState.FINISHED);
        // Not in the assignment, yet nobody ordered its end.
        assertThat(agent.liveTasks()).isEqualTo(1);
    }

    @Test
    void anAgentThatWasAwayForLongAsksAnewBeforeItActs() {
        var impatient = timings(Duration.ofHours(1), SHORT, LONG);
        agent(config(dir, impatient));
        var join = planner.joined(1);
        long epoch = planner.welcome(join);
        // Its next heartbeat is an hour away, so its lease lapses.
        await().pollDelay(Duration.ofMillis(700)).until(() -> true);
        var stale = Given.cmd("sleep 1000").task();
        planner.launch(AGENT, epoch, stale);

        var again = planner.joined(2);

        assertThat(again.session()).isNotEqualTo(join.session());
        assertThat(planner.statuses(stale.taskId())).isEmpty();
        planner.welcome(again, stale);
        planner.status(stale.taskId(), TaskState.RUNNING);
    }

    @Test
    void reportsHealthWhenItChanges() throws IOException {
        agent();
        long epoch = planner.welcome(planner.joined(1));
        var task =
                Given.cmd("touch ok; sleep 1000")
                        .checks(Given.check(Protocol.COMMAND, "test -e ok"))
                        .task();
        planner.launch(AGENT, epoch, task);
        planner.report(HealthChanged.class, h -> h.taskId().equals(task.taskId()) && h.alive());

        Files.delete(dir.resolve("sandboxes").resolve(task.taskId().value()).resolve("ok"));

        planner.report(HealthChanged.class, h -> !h.alive() && !h.exhausted());
        var exhausted = planner.report(HealthChanged.class, HealthChanged::exhausted);
        assertThat(exhausted.results().getFirst().consecutiveFailures()).isEqualTo(3);
    }

    @Test
    void reportsWhatACheckFindsWhenItChangesAndLeavesTheTaskAlone() throws IOException {
        agent();
        long epoch = planner.welcome(planner.joined(1));
        var check =
                new GenericCheck(
                        new Probe.Exec("exit $(cat found)"),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(2),
                        Duration.ZERO);
        var task = Given.cmd("echo 0 > found; sleep 1000").check(check).task();
        planner.launch(AGENT, epoch, task);
        planner.report(CheckChanged.class, c -> c.equals(found(epoch, task, 0)));

        var sandbox = dir.resolve("sandboxes").resolve(task.taskId().value());
        Files.writeString(sandbox.resolve("found"), "3");

        planner.report(CheckChanged.class, c -> c.equals(found(epoch, task, 3)));
        assertThat(planner.statuses(task.taskId()))
                .extracting(TaskStatus::state)
                .endsWith(TaskState.RUNNING);
    }

    private static CheckChanged found(long epoch, AgentCommand.Task task, int exitCode) {
        return new CheckChanged(
                AGENT, epoch, task.taskId(), Optional.of(new CheckResult.Command(exitCode)));
    }

    @Test
    void setsAsideWhatItCannotReadAndGoesOn() {
        var agent = agent();
        long epoch = planner.welcome(planner.joined(1));
        planner.say(ScriptedPlanner.PARTITION, AGENT, "poison".getBytes(StandardCharsets.UTF_8));
        var task = Given.cmd("exit 0").task();
        planner.launch(AGENT, epoch, task);

        planner.status(task.taskId(), TaskState.FINISHED);
        assertThat(agent.poisonSeen()).isEqualTo(1);
        await().until(() -> planner.deadLetters().equals(List.of("poison")));
    }

    @Test
    void tasksRunOnAndReportsWaitWhileTheBrokerIsAway() {
        var agent = agent();
        long epoch = planner.welcome(planner.joined(1));
        var task = Given.cmd("while [ ! -e go ]; do sleep 0.1; done; exit 4").task();
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);

        broker.stop();
        try {
            Files.createFile(dir.resolve("sandboxes").resolve(task.taskId().value()).resolve("go"));
            await().until(() -> agent.liveTasks() == 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            broker.start();
        }

        var failed = planner.status(task.taskId(), TaskState.FAILED);
        assertThat(failed.exitCode()).contains(4);
        assertThat(planner.statuses(task.taskId()).stream().map(TaskStatus::state))
                .endsWith(TaskState.FAILED);
    }

    @Test
    void refusesToActForAnotherClusterThanItsWorkDirectorysOwn() {
        var first = agent();
        planner.welcome(planner.joined(1));
        awaitState(first, State.MEMBER);
        first.close();

        var second = agent();
        var join = planner.joined(2);
        planner.welcome(AGENT, join.session(), "cluster-2", Given.cmd("sleep 1000").task());

        awaitState(second, State.REFUSED);
        assertThat(second.liveTasks()).isZero();
    }

    @Test
    void oneWorkDirectoryIsOneAgents() {
        agent();
        assertThatThrownBy(this::agent)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("work directory %s is in use by another agent", dir);
    }

    @Test
    void leavesWithItsTasksStoppedByThePlanner() throws Exception {
        var agent = agent();
        long epoch = planner.welcome(planner.joined(1));
        var task = Given.cmd("sleep 1000").task();
        planner.launch(AGENT, epoch, task);
        planner.status(task.taskId(), TaskState.RUNNING);

        var left = CompletableFuture.supplyAsync(() -> agent.leave(true));
        var leaving = planner.report(AgentLeaving.class, _ -> true);
        assertThat(leaving.stopTasks()).isTrue();
        assertThat(left).isNotDone();
        planner.kill(AGENT, epoch, task.taskId());

        assertThat(left.get()).isTrue();
        planner.status(task.taskId(), TaskState.KILLED);
    }

    @Test
    void anAgentKilledOutrightLeavesItsTasksToTheNextOne() throws Exception {
        var process =
                AgentProcess.start(
                        broker.bootstrap(), topics, dir, AGENT, dir.resolveSibling("agent.log"));
        opened.add(process);
        long epoch = planner.admit();
        var runs = Given.cmd("sleep 1000").task();
        var ends = Given.cmd("while [ ! -e go ]; do sleep 0.1; done; exit 6").task();
        planner.launch(AGENT, epoch, runs);
        planner.launch(AGENT, epoch, ends);
        planner.status(runs.taskId(), TaskState.RUNNING);
        planner.status(ends.taskId(), TaskState.RUNNING);
        var leader = Leftovers.leader(dir, runs.taskId());

        process.kill();
        Files.createFile(dir.resolve("sandboxes").resolve(ends.taskId().value()).resolve("go"));
        await().until(() -> Leftovers.leader(dir, ends.taskId()).isEmpty());
        int joins = planner.joins().size();
        agent();

        var again = planner.joined(joins + 1);
        assertThat(states(again.inventory()))
                .isEqualTo(
                        Map.of(runs.taskId(), TaskState.RUNNING, ends.taskId(), TaskState.FAILED));
        assertThat(Leftovers.leader(dir, runs.taskId())).isEqualTo(leader).isPresent();
        long next =
                planner.welcome(
                        again,
                        new AgentCommand.Task(
                                runs.taskId(), runs.app(), List.of(), List.of(), false));
        planner.kill(AGENT, next, runs.taskId());
        planner.status(runs.taskId(), TaskState.KILLED);
    }

    private static Map<TaskId, TaskState> states(List<TaskOnAgent> inventory) {
        return inventory.stream()
                .collect(Collectors.toMap(TaskOnAgent::taskId, TaskOnAgent::state));
    }
}
