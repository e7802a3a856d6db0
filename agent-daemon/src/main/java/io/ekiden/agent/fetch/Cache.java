package io.ekiden.agent.fetch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/// Files that were fetched before, by their URIs: what a URI names is taken never to change (Mesos'
/// rule). Kept up to a size; those that nobody has asked for the longest go first.
final class Cache {
    private static final int LOCKS = 16;
    private static final String PART = ".part";

    private final Path folder;
    private final long maxBytes;
    private final InstantSource clock;

    /// One file is fetched once, however many tasks wait for it.
    private final ReentrantLock[] locks =
            IntStream.range(0, LOCKS)
                    .mapToObj(_ -> new ReentrantLock())
                    .toArray(ReentrantLock[]::new);

    Cache(Path folder, long maxBytes, InstantSource clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /// Writes what a URI names into a file.
    interface Fetch {
        void into(Path file) throws IOException;
    }

    /// Copies the file of this URI to where nothing is yet, and fetches it first if it is not here.
    void copy(String uri, Path to, Fetch fetch) throws IOException, InterruptedException {
        var name = digest(uri);
        var lock = locks[Math.floorMod(name.hashCode(), LOCKS)];
        lock.lockInterruptibly();
        try {
            var kept = folder.resolve(name);
            if (!Files.exists(kept)) {
                Files.createDirectories(folder);
                var part = folder.resolve(name + PART);
                Files.deleteIfExists(part);
                fetch.into(part);
                Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.setLastModifiedTime(kept, FileTime.from(clock.instant()));
            Files.copy(kept, to);
        } finally {
            lock.unlock();
        }
        makeRoom();
    }

    /// What is just being copied has been asked for last, and what is just being fetched stays.
    private synchronized void makeRoom() throws IOException {
        try (var files = Files.list(folder)) {
            var oldest =
                    files.filter(file -> !file.toString().endsWith(PART))
                            .sorted(Comparator.comparing(Cache::usedAt))
                            .toList();
            long total = oldest.stream().mapToLong(file -> file.toFile().length()).sum();
            for (var file : oldest) {
                if (total <= maxBytes) {
                    return;
                }
                total -= file.toFile().length();
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static FileTime usedAt(Path file) {
        // A file that has gone meanwhile counts as one of long ago.
        return FileTime.fromMillis(file.toFile().lastModified());
    }

    private static String digest(String uri) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(uri.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
