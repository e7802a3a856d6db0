package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.fetch.FileServer;
import io.ekiden.model.Artifact;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The contract's part on what is in a sandbox before its task starts.
public abstract class FetchContract extends SecretsContract {
    private final FileServer server = new FileServer();

    @AfterEach
    void closeServer() {
        server.close();
    }

    private static Artifact file(String uri) {
        return new Artifact(uri, true, false, false, Optional.empty());
    }

    private static Artifact program(String uri) {
        return new Artifact(uri, true, true, false, Optional.empty());
    }

    @Test
    void aTaskFindsWhatItAskedForWhenItStarts() {
        var uri = server.put("/hello.sh", "echo hello from a file\n");
        var task = task(Given.cmd("sh $MESOS_SANDBOX/hello.sh").fetch(file(uri)));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.stdout(task)).isEqualTo("hello from a file\n");
        assertThat(agent.events(task))
                .containsSubsequence(
                        new Event.Staging(task.taskId(), "fetching " + uri),
                        new Event.Running(task.taskId()));
    }

    @Test
    void whatIsFetchedIsItsTasksUsers() {
        assumeTrue(machine().runsAsOthers());
        var uri = server.put("/data", "old\n");
        var task =
                task(
                        Given.cmd("echo new >> $MESOS_SANDBOX/data && cat $MESOS_SANDBOX/data")
                                .user("nobody")
                                .fetch(file(uri)));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.stdout(task)).isEqualTo("old\nnew\n");
    }

    @Test
    void aTaskWhoseArtifactIsMissingFailsAndSaysWhich() {
        var uri = server.uri("/missing.tgz?key=s3cret");
        var task = task(Given.cmd("true").fetch(file(uri)));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(),
                                Optional.empty(),
                                "cannot fetch %s: the server answers 404"
                                        .formatted(server.uri("/missing.tgz"))));
        assertThat(machine().left(task.taskId())).isEmpty();
    }

    @Test
    void aTaskKilledWhileItIsFetchedForNeverStarts() {
        var task = task(Given.cmd("true").fetch(program(server.uri("/stalled"))));
        var agent = life();
        agent.start(task);
        await().until(() -> !server.requests().isEmpty());

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.empty(), "killed before it was started"));
        assertThat(machine().left(task.taskId())).isEmpty();
    }

    @Test
    void anAdoptedTaskIsFetchedForNoSecondTime() {
        var task = task(Given.cmd("sleep 1000").fetch(file(server.put("/x", "x"))));
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();

        var second = life();
        second.awaitRunning(task);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aTaskWhoseAgentEndedWhileItWasFetchedForNeverStarts() {
        var task = task(Given.cmd("sleep 1000").fetch(file(server.uri("/stalled"))));
        var first = life();
        first.start(task);
        await().until(() -> !server.requests().isEmpty());
        first.runtime.close();

        var second = life();

        assertThat(second.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(), "the agent ended before it could start the task"));
        assertThat(server.requests()).hasSize(1);
    }
}
