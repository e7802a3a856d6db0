package io.ekiden.agent.fetch;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Artifact;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Brings a task's artifacts into its sandbox, in their order, before the task is started. What
/// comes from outside is bounded in size, number and time, and never written outside the sandbox.
public final class Fetcher {
    private static final long POLL_MILLIS = 100;
    private static final Duration LAST_WRITE = Duration.ofSeconds(5);
    private static final long CACHE_BYTES = 2L << 30;
    private static final int EXECUTABLE = 0755;

    private final Allowed allowed;
    private final Limits limits;
    private final Cache cache;

    /// What the operator of an agent lets its tasks fetch.
    ///
    /// @param loopback whether from this machine's own loopback; where native tasks run, they reach
    ///   it anyway
    /// @param files the directory whose files `file:` may name; none when absent
    public record Allowed(boolean loopback, Optional<Path> files) {}

    /// What became of what a task is to find when it starts.
    public sealed interface Outcome {
        /// All of them are there.
        record Done() implements Outcome {}

        record Failed(String reason) implements Outcome {}

        /// The task is not wanted any more.
        record Stopped() implements Outcome {}
    }

    /// @param cache the directory that keeps files for several tasks
    public Fetcher(Path cache, Allowed allowed) {
        this(cache, allowed, Limits.DEFAULT);
    }

    Fetcher(Path cache, Allowed allowed, Limits limits) {
        this.allowed = allowed;
        this.limits = limits;
        this.cache = new Cache(cache, CACHE_BYTES, InstantSource.system());
    }

    /// Blocks. The sandbox is nobody's but the agent's meanwhile.
    ///
    /// @param progress of what takes long, in words for people
    public Outcome fetch(
            AgentCommand.Task task,
            Path sandbox,
            BooleanSupplier stopped,
            Consumer<String> progress) {
        var artifacts = artifacts(task);
        if (artifacts.isEmpty()) {
            return new Outcome.Done();
        }
        var work = new FutureTask<Outcome>(() -> all(artifacts, sandbox, progress));
        var thread = Thread.ofVirtual().name("fetch-" + task.taskId()).start(work);
        try {
            return await(work, stopped);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Stopped();
        } finally {
            end(thread);
        }
    }

    private static List<Artifact> artifacts(AgentCommand.Task task) {
        return switch (task.spec()) {
            case App app -> app.fetch();
            case Pod pod ->
                    task.taskId()
                            .container()
                            .flatMap(pod::container)
                            .map(PodContainer::artifacts)
                            .orElse(List.of());
        };
    }

    private Outcome await(FutureTask<Outcome> work, BooleanSupplier stopped)
            throws InterruptedException {
        long deadline = System.nanoTime() + limits.all().toNanos();
        while (!stopped.getAsBoolean()) {
            try {
                return work.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    var minutes = limits.all().toMinutes();
                    return new Outcome.Failed(
                            "fetching takes longer than %d minutes".formatted(minutes));
                }
            } catch (ExecutionException e) {
                return new Outcome.Failed("cannot fetch: " + e.getCause());
            }
        }
        return new Outcome.Stopped();
    }

    /// An interrupt closes what the thread reads from and writes to.
    private static void end(Thread thread) {
        thread.interrupt();
        try {
            var _ = thread.join(LAST_WRITE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Outcome all(List<Artifact> artifacts, Path sandbox, Consumer<String> progress)
            throws InterruptedException {
        for (var artifact : artifacts) {
            progress.accept("fetching " + artifact.publicUri());
            try {
                fetch(artifact, new Tree(sandbox));
            } catch (Unfetchable e) {
                return failed(artifact, e.getMessage());
            } catch (IOException e) {
                return failed(artifact, e.toString());
            }
        }
        return new Outcome.Done();
    }

    private static Outcome failed(Artifact artifact, String why) {
        return new Outcome.Failed("cannot fetch %s: %s".formatted(artifact.publicUri(), why));
    }

    private void fetch(Artifact artifact, Tree tree) throws IOException, InterruptedException {
        var uri = URI.create(artifact.uri());
        var file = tree.file(artifact.path());
        if (artifact.cache()) {
            cache.copy(artifact.uri(), file, part -> get(uri, part));
        } else {
            get(uri, file);
        }
        if (artifact.executable()) {
            Tree.permitFile(file, EXECUTABLE);
        } else if (artifact.extract()) {
            var archive = Archive.of(file);
            if (archive.isPresent()) {
                archive.get().unpack(file, artifact.path(), tree, limits);
            }
        }
    }

    private void get(URI uri, Path file) throws IOException {
        try (var output = Tree.create(file)) {
            if (uri.getScheme().toLowerCase(Locale.ROOT).equals("file")) {
                try (var input = Files.newInputStream(local(uri))) {
                    new Budget(limits.bytes(), 1).copy(input, output);
                }
            } else {
                new Download(limits, allowed.loopback()).run(uri, output);
            }
        }
    }

    /// By where links lead.
    private Path local(URI uri) throws IOException {
        if (allowed.files().isEmpty()) {
            throw new Unfetchable("this agent has no files to fetch");
        }
        var folder = allowed.files().get().toRealPath();
        var file = Path.of(uri.getPath()).toAbsolutePath().normalize();
        if (!file.startsWith(allowed.files().get().toAbsolutePath().normalize())
                || !file.toRealPath().startsWith(folder)
                || !Files.isRegularFile(file)) {
            throw new Unfetchable("it is none of the files that this agent may fetch");
        }
        return file.toRealPath();
    }
}
