package io.ekiden.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The one directory in which a standalone keeps everything: `kafka/` (the log), `agents/` (work
/// directories), `log/`, `secrets.key`, `ekiden.json` while it runs, and `lock`, which its process
/// holds and the operating system frees however that ends.
record DataDirectory(Path path) {
    /// Less than this is a full disk: the broker alone wants to write more in its first minutes.
    private static final long MIN_FREE_BYTES = 64L << 20;

    static DataDirectory of(Path path) {
        return new DataDirectory(path.toAbsolutePath().normalize());
    }

    Path kafka() {
        return path.resolve("kafka");
    }

    Path agent(String id) {
        return path.resolve("agents").resolve(id);
    }

    Path log() {
        return path.resolve("log");
    }

    /// The key of all secrets, made when it is not there.
    Path secretsKey() {
        return path.resolve("secrets.key");
    }

    Path instanceFile() {
        return path.resolve("ekiden.json");
    }

    private Path lockFile() {
        return path.resolve("lock");
    }

    /// Its presence asks the process that is being stopped to leave its tasks alone.
    private Path keepTasksFile() {
        return path.resolve("keep-tasks");
    }

    /// Makes the directory and everything that is needed to write into it.
    void prepare() throws CommandFailure {
        try {
            Files.createDirectories(log());
            Files.createDirectories(kafka());
            var probe = Files.createTempFile(path, "probe", null);
            Files.delete(probe);
            long free = Files.getFileStore(path).getUsableSpace();
            if (free < MIN_FREE_BYTES) {
                throw CommandFailure.failed(
                        "the disk of %s is full: %d MiB are free, %d are needed"
                                .formatted(path, free >> 20, MIN_FREE_BYTES >> 20));
            }
        } catch (NotDirectoryException | FileAlreadyExistsException e) {
            throw CommandFailure.failed("%s is not a directory (--data-dir)".formatted(path));
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write to %s (--data-dir): %s".formatted(path, reason(e)));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such directory can be made";
            case FileSystemException failure when failure.getReason() != null ->
                    failure.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /// Takes the directory for this process until it ends; empty when another has it.
    Optional<FileLock> lock() throws CommandFailure {
        try {
            // Open until the process ends: closing it would give the lock back.
            var channel =
                    FileChannel.open(
                            lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = channel.tryLock();
            if (lock == null) {
                channel.close();
            }
            return Optional.ofNullable(lock);
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw CommandFailure.failed("cannot lock %s: %s".formatted(path, reason(e)));
        }
    }

    /// Whether some process has taken the directory.
    boolean taken() throws CommandFailure {
        if (!Files.exists(lockFile())) {
            return false;
        }
        var lock = lock();
        if (lock.isEmpty()) {
            return true;
        }
        try {
            lock.get().channel().close();
        } catch (IOException e) {
            throw CommandFailure.failed("cannot unlock %s: %s".formatted(path, e.getMessage()));
        }
        return false;
    }

    Optional<Instance> instance() {
        return Instance.read(instanceFile());
    }

    void forgetInstance() throws IOException {
        Files.deleteIfExists(instanceFile());
        Files.deleteIfExists(keepTasksFile());
    }

    void askToKeepTasks() throws IOException {
        Files.writeString(keepTasksFile(), "");
    }

    boolean isAskedToKeepTasks() {
        return Files.exists(keepTasksFile());
    }
}
