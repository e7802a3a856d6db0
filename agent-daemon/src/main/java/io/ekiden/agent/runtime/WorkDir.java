package io.ekiden.agent.runtime;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where an agent keeps what must outlive it: `tasks/<id>` (record and process files),
/// `sandboxes/<id>` (the task's own directory), `volumes/<id>` (persistent volumes); and `cache`,
/// which need not.
///
/// @param disks on which persistent volumes can be instead; `volumes/<id>` is a link then
public record WorkDir(Path root, Disks disks) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._#-]{0,199}");
    private static final int KEPT_OF_LONG_ID = 120;

    /// Of a pod, the directory of its containers' directories.
    public static final String CONTAINERS = "containers";

    public WorkDir {
        root = root.toAbsolutePath().normalize();
    }

    /// Without further disks.
    public WorkDir(Path root) {
        this(root, Disks.NONE);
    }

    public void create() throws IOException {
        Files.createDirectories(root);
        for (var name : List.of("tasks", "sandboxes", "volumes", "bin")) {
            Files.createDirectories(root.resolve(name));
        }
        // Records hold the environment of tasks; sandboxes belong to the tasks' users.
        restrict(root.resolve("tasks"), "rwx------");
        restrict(root.resolve("sandboxes"), "rwx--x--x");
        restrict(root.resolve("volumes"), "rwx--x--x");
    }

    public static void restrict(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    public Path tasks() {
        return root.resolve("tasks");
    }

    /// That of a pod's container is within its pod's.
    public Path task(TaskId taskId) {
        return in(tasks(), taskId);
    }

    /// That of a pod's container is within its pod's.
    public Path sandbox(TaskId taskId) {
        return in(root.resolve("sandboxes"), taskId);
    }

    private static Path in(Path folder, TaskId taskId) {
        var unit = folder.resolve(name(taskId.unit()));
        return taskId.container().map(name -> unit.resolve(CONTAINERS).resolve(name)).orElse(unit);
    }

    /// What the containers of a pod share for as long as its task lives.
    Path shared(TaskId pod, String volume) {
        return sandbox(pod).resolve("volumes").resolve(volume);
    }

    Path volumes() {
        return root.resolve("volumes");
    }

    /// A persistent volume, or a link to it.
    Path volumeEntry(String id) {
        return volumes().resolve(name(id));
    }

    /// Where a persistent volume is kept.
    public Path volume(String id) {
        var entry = volumeEntry(id);
        try {
            return Files.isSymbolicLink(entry) ? Files.readSymbolicLink(entry) : entry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Files that several tasks wanted to be fetched.
    public Path cache() {
        return root.resolve("cache");
    }

    /// The id itself, unless it is too long for a file name or not made of harmless characters.
    public static String name(TaskId taskId) {
        return name(taskId.value());
    }

    private static String name(String id) {
        if (PLAIN.matcher(id).matches() && !id.contains("..")) {
            return id;
        }
        var harmless = id.replaceAll("[^A-Za-z0-9_-]", "_");
        var head = harmless.substring(0, Math.min(KEPT_OF_LONG_ID, harmless.length()));
        return head + "~" + digest(id);
    }

    private static String digest(String text) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Readers see the old content or the new one, also after a crash of this process.
    public static void writeAtomically(Path file, byte[] content) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// The content is on the disk, also after a power cut, when this returns.
    static void writeDurably(Path file, String content) throws IOException {
        try (var channel = FileChannel.open(file, CREATE, WRITE, TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
    }

    /// So are a directory's entries.
    static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    /// The first line of a file that is complete when it ends with a newline.
    public static Optional<String> line(Path file) {
        try {
            var text = Files.readString(file);
            int end = text.indexOf('\n');
            return end < 0 ? Optional.empty() : Optional.of(text.substring(0, end));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Links are removed, not followed.
    public static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try {
            Files.walkFileTree(tree, new Deletion());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException problem)
                throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
