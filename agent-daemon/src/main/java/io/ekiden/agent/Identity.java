package io.ekiden.agent;

import io.ekiden.log.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Whose a work directory is: one agent of one cluster, and one process at a time. Kept on disk and
/// forced to it. What does not fit is refused before anything is touched.
final class Identity implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private volatile Known known;

    /// @param prefix of the cluster's topics
    /// @param clusterId absent until the first welcome
    record Known(String agentId, String prefix, Optional<String> clusterId) {}

    private Identity(Path file, FileChannel channel, FileLock lock, Known known) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.known = known;
    }

    /// @throws IllegalStateException when the directory is another's; the message says whose
    static Identity claim(Path workDir, String agentId, String prefix) {
        try {
            var channel =
                    FileChannel.open(
                            workDir.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            try {
                var lock = locked(channel, workDir);
                var file = workDir.resolve("identity.json");
                var known = read(file, new Known(agentId, prefix, Optional.empty()));
                if (!known.agentId().equals(agentId) || !known.prefix().equals(prefix)) {
                    throw new IllegalStateException(
                            "work directory %s belongs to agent '%s' of the cluster with topics '%s*', not to agent '%s' of '%s*'"
                                    .formatted(
                                            workDir,
                                            known.agentId(),
                                            known.prefix(),
                                            agentId,
                                            prefix));
                }
                var identity = new Identity(file, channel, lock, known);
                identity.save();
                return identity;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileLock locked(FileChannel channel, Path workDir) throws IOException {
        var message = "work directory %s is in use by another agent".formatted(workDir);
        try {
            var lock = channel.tryLock();
            if (lock == null) {
                throw new IllegalStateException(message);
            }
            return lock;
        } catch (OverlappingFileLockException e) {
            throw new IllegalStateException(message, e);
        }
    }

    private static Known read(Path file, Known fresh) throws IOException {
        if (!Files.exists(file)) {
            return fresh;
        }
        try {
            return Codec.decode(Known.class, Files.readAllBytes(file));
        } catch (Codec.Unreadable e) {
            throw new IllegalStateException(
                    "the agent's identity in %s cannot be read (%s): give the agent a new work directory, or a new id"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    Optional<String> clusterId() {
        return known.clusterId();
    }

    void belongTo(String clusterId) {
        known = new Known(known.agentId(), known.prefix(), Optional.of(clusterId));
        try {
            save();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void save() throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (var out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(Codec.encode(Known.class, known));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
