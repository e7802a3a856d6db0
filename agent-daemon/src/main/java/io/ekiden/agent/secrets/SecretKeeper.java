package io.ekiden.agent.secrets;

import io.ekiden.agent.fetch.Fetcher.Outcome;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.TaskId;
import io.ekiden.secrets.SealingKey;
import io.ekiden.secrets.TaskSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The secrets of this agent's tasks. A gateway sees on the log which task was given to which agent
/// and brings that agent what the task's definition names; it is taken only while the task waits
/// for it. The values are kept in files of the agent's own, for as long as the task lives: health
/// checks of an adopted task have its environment too. They are in no record, report or log.
public final class SecretKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SecretKeeper.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final String WAITING = "waiting for its secrets: no gateway has brought them";

    /// Its owner's alone, and not even his to change.
    private static final String READ_ONLY = "r--------";

    /// Where nothing but mounts leads there.
    private static final String FOR_ALL = "r--r--r--";

    private final Path root;
    private final Optional<SealingKey> key;
    private final Duration patience;
    private final Map<TaskId, CompletableFuture<TaskSecrets>> waiting = new ConcurrentHashMap<>();

    /// @param root as [SecretFolder] has made it
    /// @param key with whose public half gateways seal; absent when none can reach this agent
    public SecretKeeper(Path root, Optional<SealingKey> key) {
        this(root, key, PATIENCE);
    }

    SecretKeeper(Path root, Optional<SealingKey> key, Duration patience) {
        this.root = root;
        this.key = key;
        this.patience = patience;
    }

    /// For gateways.
    public Optional<String> publicKey() {
        return key.map(SealingKey::publicText);
    }

    /// What became of a delivery.
    public enum Delivery {
        /// Also when it was there already.
        TAKEN,
        /// No task waits for it, yet.
        UNKNOWN,
        /// Sealed for another, or for an earlier life of this agent.
        UNREADABLE
    }

    /// Blocks until the values are there for which the task's definition asks.
    ///
    /// @param progress of what takes long, in words for people
    public Outcome await(
            AgentCommand.Task task, BooleanSupplier stopped, Consumer<String> progress) {
        if (task.spec().secrets().isEmpty()) {
            return new Outcome.Done();
        }
        if (key.isEmpty()) {
            return new Outcome.Failed(
                    "secrets cannot be brought to this agent: it has no agent token");
        }
        var unit = task.taskId().unit();
        var brought = waiting.computeIfAbsent(unit, _ -> new CompletableFuture<>());
        return awaited(brought, stopped, progress)
                .map(secrets -> judged(task, secrets))
                .orElseGet(() ->
                        stopped.getAsBoolean()
                                ? new Outcome.Stopped()
                                : new Outcome.Failed(
                                        WAITING + " within %d s".formatted(patience.toSeconds())));
    }

    private Optional<TaskSecrets> awaited(
            CompletableFuture<TaskSecrets> brought,
            BooleanSupplier stopped,
            Consumer<String> progress) {
        long begun = System.nanoTime();
        boolean told = false;
        while (!stopped.getAsBoolean() && System.nanoTime() - begun < patience.toNanos()) {
            try {
                return Optional.of(brought.get(POLL.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                if (!told && System.nanoTime() - begun > 5 * POLL.toNanos()) {
                    told = true;
                    progress.accept(WAITING + " yet");
                }
            } catch (ExecutionException e) {
                return Optional.of(TaskSecrets.none(String.valueOf(e.getCause().getMessage())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Outcome judged(AgentCommand.Task task, TaskSecrets secrets) {
        if (secrets.problem().isPresent()) {
            return new Outcome.Failed(secrets.problem().get());
        }
        var wants = Wants.of(task);
        var bytes = secrets.bytes();
        for (var name : wants.names()) {
            if (!bytes.containsKey(name)) {
                return new Outcome.Failed("the secret '%s' was not brought".formatted(name));
            }
        }
        for (var name : wants.env().values()) {
            if (text(bytes.get(name)).isEmpty()) {
                return new Outcome.Failed(
                        "the secret '%s' is no text that a variable can have".formatted(name));
            }
        }
        return new Outcome.Done();
    }

    private static Optional<String> text(byte[] value) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
            return Optional.of(text.toString()).filter(t -> t.indexOf('\0') < 0);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /// What a gateway brings for the task of an app or a pod. From several threads.
    public Delivery take(TaskId unit, byte[] sealed) {
        if (Files.isDirectory(folder(unit))) {
            return Delivery.TAKEN;
        }
        var brought = Optional.ofNullable(waiting.get(unit));
        if (brought.isEmpty() || key.isEmpty()) {
            return Delivery.UNKNOWN;
        }
        var opened = TaskSecrets.open(key.get(), unit, sealed);
        opened.ifPresent(secrets -> keep(unit, secrets, brought.get()));
        return opened.isPresent() ? Delivery.TAKEN : Delivery.UNREADABLE;
    }

    private void keep(TaskId unit, TaskSecrets secrets, CompletableFuture<TaskSecrets> brought) {
        synchronized (brought) {
            if (brought.isDone()) {
                return;
            }
            try {
                write(unit, secrets);
                LOG.info(
                        "task={} secrets={} problem={}",
                        unit,
                        secrets.values().keySet(),
                        secrets.problem().orElse("none"));
                brought.complete(secrets);
            } catch (IOException e) {
                WorkDir.delete(folder(unit));
                brought.completeExceptionally(
                        new IOException("its secrets cannot be kept: " + e, e));
            }
        }
    }

    private void write(TaskId unit, TaskSecrets secrets) throws IOException {
        var folder = Files.createDirectory(folder(unit));
        WorkDir.restrict(folder, "rwx--x--x");
        for (var value : secrets.bytes().entrySet()) {
            write(folder.resolve(fileName("value", value.getKey())), value.getValue());
        }
    }

    /// Nobody else sees it, from its first moment on.
    private static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        var rights = PosixFilePermissions.fromString("rw-------");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(rights));
        Files.write(file, content);
        WorkDir.restrict(file, READ_ONLY);
    }

    private Path folder(TaskId unit) {
        return root.resolve(WorkDir.name(unit));
    }

    /// A name may be any text.
    private static String fileName(String kind, String name) {
        return kind + "-" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /// What was brought for one process or container. Its files are the agent's own user's.
    ///
    /// @throws IOException when it is no more, as after a reboot
    public Brought of(AgentCommand.Task task) throws IOException {
        if (task.spec().secrets().isEmpty()) {
            return Brought.NOTHING;
        }
        var wants = Wants.of(task);
        var env = new TreeMap<String, String>();
        for (var variable : wants.env().entrySet()) {
            env.put(variable.getKey(), text(value(task, variable.getValue())).orElse(""));
        }
        var files = new TreeMap<String, Path>();
        for (var file : wants.files().entrySet()) {
            files.put(file.getKey(), file(task, file.getKey()));
        }
        var config = Optional.<PullConfig>empty();
        if (wants.pullConfig().isPresent()) {
            var name = wants.pullConfig().get();
            config = Optional.of(new PullConfig(name, text(value(task, name)).orElse("")));
        }
        return new Brought(env, files, config);
    }

    private byte[] value(AgentCommand.Task task, String name) throws IOException {
        return Files.readAllBytes(folder(task.taskId().unit()).resolve(fileName("value", name)));
    }

    private Path file(AgentCommand.Task task, String path) {
        var whose = task.taskId().container().orElse("") + ":" + path;
        return folder(task.taskId().unit()).resolve(fileName("file", whose));
    }

    /// Makes the files of [#of], each its container's own, so that its user can have them.
    public void makeFiles(AgentCommand.Task task) throws IOException {
        for (var file : Wants.of(task).files().entrySet()) {
            write(file(task, file.getKey()), value(task, file.getValue()));
        }
    }

    /// A text with values in it that the task's first process reads.
    public Path writeScript(AgentCommand.Task task, String script) throws IOException {
        var file = file(task, "\0script");
        write(file, script.getBytes(StandardCharsets.UTF_8));
        return file;
    }

    /// A text that is no task's, until it is deleted or this agent's next life begins.
    public Path keep(String text) throws IOException {
        var file = root.resolve("kept-" + UUID.randomUUID());
        write(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }

    /// For a container, into which mounts alone lead: its files are its user's, or, where the agent
    /// may not give them away, everybody's who comes by those mounts.
    ///
    /// @param user his number; root when absent
    public void giveToContainer(AgentCommand.Task task, Optional<Integer> user) throws IOException {
        if (task.spec().secrets().isEmpty()) {
            return;
        }
        WorkDir.restrict(folder(task.taskId().unit()), "rwx------");
        for (var path : Wants.of(task).files().keySet()) {
            var file = file(task, path);
            try {
                if (user.isPresent()) {
                    Files.setAttribute(file, "unix:uid", user.get(), LinkOption.NOFOLLOW_LINKS);
                }
            } catch (FileSystemException e) {
                WorkDir.restrict(file, FOR_ALL);
            }
        }
    }

    /// The task has ended: its values are no more.
    public void forget(TaskId unit) {
        waiting.remove(unit);
        try {
            WorkDir.delete(folder(unit));
        } catch (UncheckedIOException e) {
            LOG.error("task={} secrets=not-removed why={}", unit, e.toString());
        }
    }

    /// Removes what was kept for tasks of an earlier life that have ended meanwhile.
    public void keepOnly(Set<TaskId> units) {
        var names = units.stream().map(WorkDir::name).collect(Collectors.toSet());
        try (var folders = Files.list(root)) {
            folders.filter(folder -> !names.contains(folder.getFileName().toString()))
                    .forEach(WorkDir::delete);
        } catch (IOException | UncheckedIOException e) {
            LOG.error("folder={} secrets=not-removed why={}", root, e.toString());
        }
    }
}
