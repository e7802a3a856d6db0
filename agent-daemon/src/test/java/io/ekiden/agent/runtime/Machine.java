package io.ekiden.agent.runtime;

import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.fetch.Fetcher;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.agent.secrets.SecretKeeper.Delivery;
import io.ekiden.model.Container;
import io.ekiden.model.TaskId;
import io.ekiden.secrets.SealingKey;
import io.ekiden.secrets.TaskSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the contract of all runtimes needs to know of the one that is tested, and of the machine.
public interface Machine extends AutoCloseable {
    /// Between SIGTERM and SIGKILL, for containers of pods that name none.
    Duration GRACE = Duration.ofSeconds(3);

    TaskRuntime runtime(WorkDir work, String bootId) throws IOException;

    Container.Type kind();

    /// From this machine's loopback, and no files of the machine.
    static Fetcher fetcher(WorkDir work) {
        return new Fetcher(work.cache(), new Fetcher.Allowed(true, Optional.empty()));
    }

    /// That of a life's secrets: one for each work directory.
    SecretKeeper secrets(WorkDir work);

    /// In a folder of the test's own.
    static SecretKeeper keeper(WorkDir work) {
        try {
            return new SecretKeeper(
                    Files.createDirectories(work.root().resolve("secrets")),
                    Optional.of(SealingKey.random()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As a gateway does: again until the task waits for it.
    static void bring(SecretKeeper keeper, TaskId task, TaskSecrets secrets) {
        var key = keeper.publicKey().orElseThrow();
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> keeper.take(task, secrets.sealedFor(key, task).orElseThrow()),
                        Delivery.TAKEN::equals);
    }

    /// The same task, as one of this kind.
    Given adapted(Given given);

    /// What each container of a pod has to say to be one of this kind: fields of JSON with single
    /// quotes, each before a comma.
    String ofContainers();

    /// What is left of a task: processes, containers.
    List<?> left(TaskId task);

    /// The one execution of a task that runs: another one of the same task would be another.
    Object execution(TaskId task);

    boolean limitsMemory();

    boolean runsAsOthers();

    /// Whether no process can leave its task, whatever it forgets.
    boolean encloses();

    /// Ends what the task has left.
    void end(WorkDir work, TaskId task);

    @Override
    void close();
}
