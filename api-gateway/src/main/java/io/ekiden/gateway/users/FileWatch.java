package io.ekiden.gateway.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;

/// Looks at files once a second and calls when one has become another. What the file system offers
/// instead misses changes of mounted files, and those that come by a link.
public final class FileWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Path> files;
    private final Runnable changed;
    private final Thread thread;
    private List<String> seen;

    private FileWatch(List<Path> files, Runnable changed) {
        this.files = List.copyOf(files);
        this.changed = changed;
        this.seen = look();
        this.thread = Thread.ofVirtual().name("file-watch").unstarted(this::run);
    }

    /// Begins to watch. `changed` is called on the watch's own thread.
    public static FileWatch start(List<Path> files, Runnable changed) {
        var watch = new FileWatch(files, changed);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(PAUSE);
                var now = look();
                if (!now.equals(seen)) {
                    seen = now;
                    changed.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> look() {
        return files.stream().map(FileWatch::look).toList();
    }

    private static String look(Path file) {
        try {
            var found = Files.readAttributes(file, BasicFileAttributes.class);
            return found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
        } catch (IOException e) {
            return "not there";
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
