package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.agent.secrets.SecretKeeper.Delivery;
import io.ekiden.secrets.TaskSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The contract's part on secrets.
public abstract class SecretsContract extends ExecContract {
    private static final String CANARY = "CANARY-7c1e'$(id)\"";

    private SecretKeeper keeper() {
        return machine().secrets(new WorkDir(dir));
    }

    private static TaskSecrets value(String name, String value) {
        var values = new TreeMap<String, byte[]>();
        values.put(name, value.getBytes(StandardCharsets.UTF_8));
        return TaskSecrets.of(values);
    }

    private void bring(LocalTask task, TaskSecrets secrets) {
        Machine.bring(keeper(), task.taskId(), secrets);
    }

    @Test
    void aTaskHasItsSecretsInVariablesAndFiles() {
        var task =
                task(
                        Given.cmd("printf '%s\\n' \"$PASSWORD\"; cat $MESOS_SANDBOX/etc/db")
                                .secrets(Map.of("PASSWORD", "db"), Map.of("etc/db", "db")));
        var agent = life();
        agent.start(task);
        bring(task, value("db", CANARY));

        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.stdout(task)).isEqualTo(CANARY + "\n" + CANARY);
    }

    @Test
    void aFileWithASecretIsItsTasksUsersAloneToRead() {
        assumeTrue(machine().runsAsOthers());
        var task =
                task(
                        Given.cmd("cd $MESOS_SANDBOX; cat db; stat -Lc ' %a %u' db; id -u")
                                .user("nobody")
                                .secrets(Map.of(), Map.of("db", "db")));
        var agent = life();
        agent.start(task);
        bring(task, value("db", CANARY));

        assertThat(agent.end(task)).isEqualTo(finished(task));
        var uid = agent.stdout(task).lines().skip(1).findFirst().orElseThrow();
        assertThat(agent.stdout(task)).isEqualTo("%s 400 %s\n%s\n".formatted(CANARY, uid, uid));
    }

    @Test
    void commandsOfHealthChecksHaveTheSecretsToo() {
        var task = task(Given.cmd("sleep 1000").secrets(Map.of("A", "db"), Map.of()));
        var agent = life();
        agent.start(task);
        bring(task, value("db", "right"));
        agent.awaitRunning(task);

        assertThat(agent.runtime.check(task, "test $A = right", LONG))
                .isEqualTo(new Finding.Exited(0));
        agent.runtime.close();
        var second = life();
        second.awaitRunning(task);
        assertThat(second.runtime.check(task, "test $A = right", LONG))
                .isEqualTo(new Finding.Exited(0));
    }

    @Test
    void aTaskWaitsForItsSecretsAndSaysSo() {
        var task = task(Given.cmd("true").secrets(Map.of("A", "db"), Map.of()));
        var agent = life();
        agent.start(task);
        await().atMost(LONG)
                .until(() ->
                        agent.events(task)
                                .contains(
                                        new Event.Staging(
                                                task.taskId(),
                                                "waiting for its secrets: no gateway has brought"
                                                        + " them yet")));

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.empty(), "killed before it was started"));
        assertThat(machine().left(task.taskId())).isEmpty();
    }

    @Test
    void aTaskWhoseSecretIsMissingFailsAndSaysWhich() {
        var task = task(Given.cmd("true").secrets(Map.of("A", "db"), Map.of()));
        var agent = life();
        agent.start(task);
        bring(task, TaskSecrets.none("there is no secret 'shop/db'"));

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.empty(), "there is no secret 'shop/db'"));
        assertThat(machine().left(task.taskId())).isEmpty();
    }

    @Test
    void aSecretThatNoVariableCanHaveIsRefused() {
        var task = task(Given.cmd("true").secrets(Map.of("A", "db"), Map.of()));
        var agent = life();
        agent.start(task);
        bring(task, value("db", "a\0b"));

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(),
                                Optional.empty(),
                                "the secret 'db' is no text that a variable can have"));
    }

    @Test
    void whatIsBroughtForNobodyIsNotTaken() {
        var task = task(Given.cmd("true").secrets(Map.of("A", "db"), Map.of()));
        var sealed =
                value("db", CANARY)
                        .sealedFor(keeper().publicKey().orElseThrow(), task.taskId())
                        .orElseThrow();

        assertThat(keeper().take(task.taskId(), sealed)).isEqualTo(Delivery.UNKNOWN);
    }

    @Test
    void nothingOfASecretIsInRecordsAndSandboxesNorLeftWhenItsTaskIsForgotten() throws IOException {
        var task =
                task(
                        Given.cmd("sleep 1000")
                                .secrets(Map.of("PASSWORD", "db"), Map.of("etc/db", "db")));
        var agent = life();
        agent.start(task);
        bring(task, value("db", CANARY));
        agent.awaitRunning(task);

        var kept = dir.resolve("secrets");
        try (var files = Files.walk(dir)) {
            for (var file : files.filter(SecretsContract::isFile).toList()) {
                var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(text.contains("CANARY"))
                        .as(file.toString())
                        .isEqualTo(file.startsWith(kept));
            }
        }

        agent.runtime.kill(task.taskId(), Duration.ZERO);
        agent.end(task);
        keeper().forget(task.taskId());
        try (var files = Files.list(kept)) {
            assertThat(files).isEmpty();
        }
    }

    /// Links lead to where values are kept.
    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }
}
