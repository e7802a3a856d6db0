package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.Usage;
import io.ekiden.log.AgentReport.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every runtime promises, with real tasks: this and all that it extends.
public abstract class TaskRuntimeContract extends HostileContract {
    @Test
    void killsATaskThatIgnoresSigtermAfterItsGrace() {
        var task = cmd("trap 'echo asked' TERM; echo ready; while :; do sleep 0.1; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));

        assertThat(agent.end(task)).isEqualTo(killed(task));
        assertThat(agent.stdout(task)).contains("asked");
    }

    @Test
    void letsATaskEndItselfWithinItsGrace() {
        var task = cmd("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task)).isEqualTo(ended(task, 7, "Command exited with status 7"));
    }

    @Test
    void aShellIsAskedToEndTogetherWithWhatItWaitsFor() {
        var task = cmd("trap 'echo bye; exit 8' TERM; echo ready; sleep 1000; echo not reached");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task)).isEqualTo(ended(task, 8, "Command exited with status 8"));
        assertThat(agent.stdout(task)).isEqualTo("ready\nbye\n");
    }

    @Test
    void aTaskThatCaresForNothingEndsByTheFirstSignal() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task)).isEqualTo(terminated(task));
    }

    @Test
    void withoutGraceATaskIsKilledAtOnce() {
        var task = cmd("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.kill(task.taskId(), Duration.ZERO);
        assertThat(agent.end(task)).isEqualTo(killed(task));
    }

    @Test
    void killingTwiceIsKillingOnce() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        agent.end(task);
        agent.runtime.kill(task.taskId(), Duration.ZERO);
        assertThat(agent.events(task)).hasSize(2);
    }

    @Test
    void aTaskKilledRightAfterItsLaunchEndsOnceAndLeavesNothing() {
        var agent = life();
        var tasks = IntStream.range(0, 5).mapToObj(_ -> cmd("sleep 1000")).toList();
        for (var task : tasks) {
            agent.start(task);
            agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));
        }
        for (var task : tasks) {
            agent.end(task);
            await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
            assertThat(agent.events(task)).filteredOn(Life::terminal).hasSize(1);
        }
    }

    @Test
    void killingATaskThatIsNotKnownIsNothing() {
        var agent = life();
        agent.runtime.kill(Given.taskId(), Duration.ZERO);
        var task = cmd("exit 0");
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
    }

    @Test
    void leavesNothingOfATaskThatForkedAwayFromItsGroup() {
        var task = cmd("(setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; echo ready; sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));

        agent.end(task);
        await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
    }

    @Test
    void whatACommandLeavesBehindEndsWithIt() {
        var task = cmd("(setsid sleep 1000 &) ; sleep 0.3; exit 0");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
    }

    @Test
    void runsTheCommandOfAHealthCheckInTheTasksSurroundings() {
        var task =
                task(
                        Given.cmd("touch $MESOS_SANDBOX/here; echo ready; sleep 1000")
                                .env(Map.of("WANTED", "yes")));
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        var look = "test -e $MESOS_SANDBOX/here && test \"$WANTED\" = yes";
        assertThat(agent.runtime.check(task, look, LONG)).isEqualTo(new Finding.Exited(0));
    }

    @Test
    void tellsTheStatusOfACheckThatFails() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(agent.runtime.check(task, "exit 4", LONG)).isEqualTo(new Finding.Exited(4));
    }

    @Test
    void killsACheckThatTakesTooLongWithAllThatItStarted() {
        var task = cmd("echo ready; sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        var slow = "echo $$ > $MESOS_SANDBOX/pid; sleep 1001 & sleep 1001";

        assertThat(agent.runtime.check(task, slow, Duration.ofMillis(1500)))
                .isEqualTo(new Finding.Failed("Command timed out after 1500 ms"));

        assertThat(agent.text(task, "pid")).isNotEmpty();
        var look =
                "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $f; echo; done 2> /dev/null"
                        + " | grep -q '^sleep 1001 $'";
        await().atMost(LONG)
                .until(() -> agent.runtime.check(task, look, LONG).equals(new Finding.Exited(1)));
        assertThat(agent.events(task)).hasSize(1);
    }

    @Test
    void whatACheckLeavesRunningDoesNotHoldItUp() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(agent.runtime.check(task, "sleep 1000 & exit 0", LONG))
                .isEqualTo(new Finding.Exited(0));
    }

    @Test
    void anAdoptedTaskIsCheckedAsAnyOther() {
        var task = cmd("touch $MESOS_SANDBOX/here; sleep 1000");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();
        var second = life();
        second.awaitRunning(task);
        await().atMost(LONG)
                .until(() ->
                        second.runtime
                                .check(task, "test -e $MESOS_SANDBOX/here", LONG)
                                .equals(new Finding.Exited(0)));
    }

    @Test
    void collectsWhatATaskLeftWithoutFollowingLinks() {
        var task = cmd("cd $MESOS_SANDBOX; mkdir -p a/b; ln -s /etc a/b/link; echo x > a/b/c");
        var agent = life();
        agent.start(task);
        agent.end(task);
        agent.runtime.collect(task.taskId());
        assertThat(agent.sandbox(task)).doesNotExist();
        assertThat(agent.work.task(task.taskId())).doesNotExist();
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @Test
    void collectsNothingOfATaskThatRuns() {
        var task = cmd("echo ready; sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.collect(task.taskId());
        assertThat(agent.stdout(task)).isEqualTo("ready\n");
        assertThat(agent.work.task(task.taskId())).exists();
    }

    @Test
    void aVolumeIsKeptForTheNextIncarnation() {
        var write = "test -e $MESOS_SANDBOX/data/date || date > $MESOS_SANDBOX/data/date; ";
        var id = Given.taskId();
        var given = Given.cmd(write + "cat $MESOS_SANDBOX/data/date").volume("data", "v#data#1");
        var first = machine().adapted(given).local(id, TaskState.STARTING);
        var second = machine().adapted(given).local(id.instanceId().task(2), TaskState.STARTING);
        var agent = life();

        agent.start(first);
        assertThat(agent.end(first)).isEqualTo(finished(first));
        agent.runtime.collect(first.taskId());
        agent.start(second);
        assertThat(agent.end(second)).isEqualTo(finished(second));

        assertThat(agent.work.volume("v#data#1").resolve("date")).hasContent(agent.stdout(second));
        assertThat(agent.stdout(second)).isNotEmpty();
    }

    @Test
    void volumesOfDifferentInstancesAreApart() {
        var agent = life();
        var tasks = new ArrayList<LocalTask>();
        for (var id : List.of("v#data#1", "v#data#2")) {
            var task =
                    task(
                            Given.cmd("ls $MESOS_SANDBOX/data; echo > $MESOS_SANDBOX/data/x")
                                    .volume("data", id));
            tasks.add(task);
            agent.start(task);
            agent.end(task);
        }
        assertThat(tasks).allMatch(task -> agent.stdout(task).isEmpty());
        assertThat(new Volumes(agent.work).ids()).containsExactly("v#data#1", "v#data#2");
    }

    @Test
    void aVolumeThatWasDestroyedIsGoneWithAllThatWasInIt() {
        var agent = life();
        var given =
                Given.cmd("ls $MESOS_SANDBOX/data; echo > $MESOS_SANDBOX/data/x")
                        .volume("data", "v#data#1");
        var first = task(given);
        agent.start(first);
        agent.end(first);
        new Volumes(agent.work).destroy("v#data#1");
        assertThat(new Volumes(agent.work).ids()).isEmpty();

        var second = task(given);
        agent.start(second);

        assertThat(agent.end(second)).isEqualTo(finished(second));
        assertThat(agent.stdout(second)).isEmpty();
    }

    @Test
    void aVolumeIsItsTasksUsers() {
        assumeTrue(machine().runsAsOthers());
        var task =
                task(
                        Given.cmd("echo mine > $MESOS_SANDBOX/data/x")
                                .user("nobody")
                                .volume("data", "v#data#1"));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.work.volume("v#data#1").resolve("x")).hasContent("mine\n");
    }

    @Test
    void whatATaskPutsInThePlaceOfItsOutputIsNotFollowedElsewhere() throws IOException {
        var elsewhere = Files.createFile(dir.resolve("elsewhere"));
        var task =
                cmd(
                        "echo early; "
                                + UNTIL_GO
                                + "cd $MESOS_SANDBOX; rm stdout; ln -s %s stdout; "
                                        .formatted(elsewhere)
                                + "echo late; rm go; "
                                + UNTIL_GO);
        var first = life();
        first.start(task);
        first.awaitOutput(task, "early");
        go(first, task);
        await().atMost(LONG)
                .until(() ->
                        Files.isSymbolicLink(first.sandbox(task).resolve("stdout"))
                                && !Files.exists(
                                        first.sandbox(task).resolve("go"),
                                        LinkOption.NOFOLLOW_LINKS));
        first.runtime.close();

        var second = life();
        go(second, task);

        assertThat(second.end(task)).isEqualTo(finished(task));
        assertThat(elsewhere).isEmptyFile();
    }

    @Test
    void measuresWhatATaskUses() {
        var task = cmd("echo ready; while :; do :; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        var first = await().atMost(LONG).until(() -> usage(agent, task), u -> spent(u) > 0.1);
        assertThat(first.memory().orElseThrow().rss().orElseThrow()).isBetween(1L, 64L << 20);
        assertThat(first.memory().orElseThrow().limit())
                .isEqualTo(machine().limitsMemory() ? Optional.of(64L << 20) : Optional.empty());
        assertThat(first.net()).isEmpty();
        var later =
                await().atMost(LONG).until(() -> usage(agent, task), u -> spent(u) > spent(first));
        assertThat(later.cpusSince(first).orElseThrow()).isBetween(0.01, 1.5);
    }

    @Test
    void aTaskThatDoesNotRunIsNotMeasured() {
        var agent = life();
        assertThat(agent.runtime.usage(Given.taskId())).isInstanceOf(Measurement.Missing.class);
        var task = cmd("exit 0");
        agent.start(task);
        agent.end(task);
        assertThat(agent.runtime.usage(task.taskId())).isInstanceOf(Measurement.Missing.class);
    }

    private static double spent(Usage usage) {
        return usage.cpu().orElseThrow().nanos() / 1e9;
    }
}
