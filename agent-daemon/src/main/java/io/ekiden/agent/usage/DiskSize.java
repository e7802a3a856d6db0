package io.ekiden.agent.usage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// How much disk a folder takes, as `du -x` counts it: by blocks, a file of several names once, no
/// link followed, no other file system entered.
///
/// A task may change its files meanwhile, to its own ends: whatever it does, the count has an end,
/// one folder is open at a time, and what it can spoil is its own figure.
final class DiskSize {
    /// More files than this are not looked at: the figure is then less than what there is.
    static final int MAX_ENTRIES = 1_000_000;

    private DiskSize() {}

    /// Whether folders can be measured on this machine.
    static boolean isSupported() {
        return Statx.isSupported();
    }

    /// @param except folders that are left out
    /// @return in bytes; empty when there is no such folder
    static Optional<Long> of(Path root, Set<Path> except, int maxEntries) {
        var top = Statx.of(root).filter(Statx.Found::folder);
        if (top.isEmpty()) {
            return Optional.empty();
        }
        var count = new Count(top.get().device(), except, maxEntries, top.get().bytes());
        count.folders.add(root);
        while (!count.folders.isEmpty() && count.left > 0) {
            count.addAllIn(count.folders.pop());
        }
        return Optional.of(count.bytes);
    }

    /// One in the making.
    private static final class Count {
        private final long device;
        private final Set<Path> except;
        private final ArrayDeque<Path> folders = new ArrayDeque<>();
        private final Set<Long> counted = new HashSet<>();
        private int left;
        private long bytes;

        Count(long device, Set<Path> except, int left, long bytes) {
            this.device = device;
            this.except = except;
            this.left = left;
            this.bytes = bytes;
        }

        private void addAllIn(Path folder) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (var entry : entries) {
                    if (left-- <= 0) {
                        return;
                    }
                    if (!except.contains(entry)) {
                        Statx.of(entry)
                                .filter(found -> found.device() == device)
                                .ifPresent(found -> add(entry, found));
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                // Gone, no folder any more, or too deep to be named: what is counted is counted.
                return;
            }
        }

        private void add(Path entry, Statx.Found found) {
            if (found.folder()) {
                bytes += found.bytes();
                folders.push(entry);
            } else if (found.links() < 2 || counted.add(found.inode())) {
                bytes += found.bytes();
            }
        }
    }
}
