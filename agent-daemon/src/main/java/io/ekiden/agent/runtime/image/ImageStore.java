package io.ekiden.agent.runtime.image;

import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.PullConfig.Credentials.Login;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The images of an agent that has no engine, each unpacked once, by the digest that its registry
/// gives it: a folder with `rootfs`, the image's `config.json`, and its `size`. What a name led to
/// is remembered, so that an image which is here is started without its registry.
///
/// Kept up to a size: those that no task has and that were not asked for the longest go first.
public final class ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);
    private static final Duration STALL = Duration.ofSeconds(60);
    private static final String PART = "part-";
    private static final long MIB = 1L << 20;

    /// So much is kept of images that no task has, and of all together.
    private static final long MAX_BYTES = 20L << 30;

    private final Path root;
    private final SecretKeeper secrets;
    private final ImageTools tools;
    private final long maxBytes;
    private final Map<Wanted, Pull> running = new ConcurrentHashMap<>();

    /// Which images tasks have. Guarded by this.
    private final Map<TaskId, Path> held = new HashMap<>();

    /// @param login absent: what the agent's user has for the registry, if anything
    private record Wanted(String image, Optional<Login> login) {}

    /// One pull, and who is told of it.
    private record Pull(
            CompletableFuture<Pulled> done, CopyOnWriteArrayList<Consumer<String>> listeners) {}

    /// What became of it.
    public sealed interface Pulled {
        /// @param folder of the unpacked image
        record Here(Path folder) implements Pulled {}

        /// @param why in words for people
        record Failed(String why) implements Pulled {}
    }

    ImageStore(Path root, SecretKeeper secrets, ImageTools tools, long maxBytes) {
        this.root = root;
        this.secrets = secrets;
        this.tools = tools;
        this.maxBytes = maxBytes;
    }

    /// @param secrets has a place in memory for credentials
    /// @return empty where images cannot be unpacked
    public static Optional<ImageStore> create(WorkDir work, SecretKeeper secrets) {
        if (!ImageTools.there()) {
            return Optional.empty();
        }
        try {
            var root = Files.createDirectories(work.root().resolve("images"));
            // What is in an image is for nobody but those who run it.
            WorkDir.restrict(root, "rwx------");
            Files.createDirectories(root.resolve("names"));
            var store = new ImageStore(root, secrets, new ImageTools(STALL), MAX_BYTES);
            store.removeParts();
            return Optional.of(store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Of pulls that an earlier life had no time to finish.
    private void removeParts() throws IOException {
        try (var folders = Files.list(root)) {
            folders.filter(ImageStore::isPart).forEach(WorkDir::delete);
        }
    }

    private static boolean isPart(Path folder) {
        return folder.getFileName().toString().startsWith(PART);
    }

    /// The image under this name if it is here; it then stays while the task has it.
    public synchronized Optional<Path> find(TaskId task, String image) {
        return WorkDir.line(name(image))
                .map(root::resolve)
                .filter(folder -> Files.isDirectory(folder.resolve("rootfs")))
                .map(folder -> hold(task, folder));
    }

    /// The task has this image, which it was given before.
    public synchronized Path hold(TaskId task, Path folder) {
        held.put(task, folder);
        try {
            Files.setLastModifiedTime(folder, FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException e) {
            LOG.debug("image={} its use cannot be noted: {}", folder, e.toString());
        }
        return folder;
    }

    public synchronized void release(TaskId task) {
        held.remove(task);
    }

    /// Asks the registry, once for all who ask with the same credentials meanwhile. Done
    /// exceptionally never.
    ///
    /// @param progress told from time to time, in words for people
    public CompletableFuture<Pulled> pull(
            String image, Optional<Login> login, Consumer<String> progress) {
        progress.accept("pulling image " + image);
        var pull = running.computeIfAbsent(new Wanted(image, login), this::begin);
        pull.listeners().add(progress);
        return pull.done();
    }

    private Pull begin(Wanted wanted) {
        LOG.info("image={} is pulled", wanted.image());
        var pull = new Pull(new CompletableFuture<>(), new CopyOnWriteArrayList<>());
        Thread.ofVirtual()
                .name("pull-" + wanted.image())
                .start(() -> {
                    var pulled = pulled(wanted, pull);
                    running.remove(wanted);
                    LOG.info("image={} pulled: {}", wanted.image(), pulled);
                    pull.done().complete(pulled);
                });
        return pull;
    }

    private Pulled pulled(Wanted wanted, Pull pull) {
        var part = root.resolve(PART + UUID.randomUUID());
        var authFile = Optional.<Path>empty();
        try {
            Files.createDirectory(part);
            if (wanted.login().isPresent()) {
                authFile =
                        Optional.of(
                                secrets.keep(ImageTools.authFile(wanted.login().orElseThrow())));
            }
            return new Pulled.Here(pulled(wanted, authFile, part, pull));
        } catch (IOException | RuntimeException e) {
            return new Pulled.Failed(
                    "image %s cannot be pulled: %s".formatted(wanted.image(), e.getMessage()));
        } finally {
            authFile.ifPresent(WorkDir::delete);
            WorkDir.delete(part);
        }
    }

    private Path pulled(Wanted wanted, Optional<Path> authFile, Path part, Pull pull)
            throws IOException {
        var image = ImageName.of(wanted.image());
        var digest = image.isDigest() ? image.tag() : tools.digest(image, authFile, part);
        var folder = root.resolve(digest.replace(':', '-'));
        if (!Files.isDirectory(folder)) {
            tools.bring(
                    image.at(digest),
                    authFile,
                    part,
                    bytes ->
                            pull.listeners()
                                    .forEach(listener ->
                                            listener.accept(
                                                    "pulling image %s: %d MiB"
                                                            .formatted(
                                                                    wanted.image(), bytes / MIB))));
            WorkDir.delete(part.resolve("layout"));
            WorkDir.writeAtomically(
                    part.resolve("size"), line(Long.toString(Sizes.of(part.resolve("rootfs")))));
            settle(part, folder);
        }
        WorkDir.writeAtomically(name(wanted.image()), line(folder.getFileName().toString()));
        return folder;
    }

    /// Another pull may have brought the same by another name.
    private synchronized void settle(Path part, Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            makeRoom(maxBytes - size(part));
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /// Until what is kept is no more than this, or all of it is some task's.
    private void makeRoom(long bytes) throws IOException {
        try (var folders = Files.list(root)) {
            var images =
                    folders.filter(folder -> Files.exists(folder.resolve("size")))
                            .filter(folder -> !isPart(folder))
                            .sorted(Comparator.comparingLong(f -> f.toFile().lastModified()))
                            .toList();
            long total = images.stream().mapToLong(ImageStore::size).sum();
            for (var image : images) {
                if (total > bytes && !held.containsValue(image)) {
                    total -= size(image);
                    LOG.info("image={} removed=room", image.getFileName());
                    remove(image);
                }
            }
        }
    }

    /// What is half removed is no image.
    private void remove(Path image) throws IOException {
        var part = root.resolve(PART + UUID.randomUUID());
        Files.move(image, part, StandardCopyOption.ATOMIC_MOVE);
        WorkDir.delete(part);
    }

    private static long size(Path folder) {
        return WorkDir.line(folder.resolve("size")).map(Long::valueOf).orElse(0L);
    }

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private Path name(String image) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(image.getBytes(StandardCharsets.UTF_8));
            return root.resolve("names").resolve(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
