package io.ekiden.agent.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the output of a native task within bounds. The task has its files open for as long as it
/// runs, so one that has become large is copied to `stdout.1`, in the place of the one before, and
/// then emptied: what is written between the last look and that is lost. What the task itself puts
/// in the place of its files is left alone.
final class Rotation {
    private static final Logger LOG = LoggerFactory.getLogger(Rotation.class);

    private Rotation() {}

    static void bound(Path sandbox, long maxBytes) {
        for (var name : List.of("stdout", "stderr")) {
            var file = sandbox.resolve(name);
            try {
                if (size(file) > maxBytes) {
                    rotate(file, maxBytes);
                }
            } catch (IOException e) {
                LOG.warn("file={} cannot be rotated why={}", file, e.toString());
            }
        }
    }

    private static long size(Path file) throws IOException {
        try {
            var there =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return there.isRegularFile() ? there.size() : 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static void rotate(Path file, long maxBytes) throws IOException {
        var copy = file.resolveSibling("." + file.getFileName() + ".rotated");
        Files.deleteIfExists(copy);
        try (var from =
                        FileChannel.open(
                                file,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS);
                var to =
                        FileChannel.open(
                                copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            // Of what has grown faster than anyone looks, the end.
            long begin = Math.max(0, from.size() - 2 * maxBytes);
            long copied = copy(from, begin, to);
            Files.move(
                    copy,
                    file.resolveSibling(file.getFileName() + ".1"),
                    StandardCopyOption.ATOMIC_MOVE);
            copy(from, copied, to);
            from.truncate(0);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /// @return where it ends, which is where the file ended at that moment
    private static long copy(FileChannel from, long begin, FileChannel to) throws IOException {
        long end = from.size();
        long at = begin;
        while (at < end) {
            long moved = from.transferTo(at, end - at, to);
            if (moved <= 0) {
                return at;
            }
            at += moved;
        }
        return at;
    }
}
