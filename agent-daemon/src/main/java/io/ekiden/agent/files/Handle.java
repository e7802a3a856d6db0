package io.ekiden.agent.files;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One file or folder that was found, whatever its name may mean by now. It is looked at and read
/// through `/proc/self/fd`, where its number leads to it and not to what has its name.
final class Handle implements AutoCloseable {
    private final int descriptor;

    private Handle(int descriptor) {
        this.descriptor = descriptor;
    }

    static Optional<Handle> folder(Path path) throws IOException {
        return of(Native.folder(path.toString()));
    }

    Optional<Handle> folder(String name) throws IOException {
        return of(Native.child(descriptor, name, true));
    }

    /// Of any kind: a link too, which is then a handle to the link.
    Optional<Handle> child(String name) throws IOException {
        return of(Native.child(descriptor, name, false));
    }

    private static Optional<Handle> of(OptionalInt descriptor) {
        return descriptor.isPresent()
                ? Optional.of(new Handle(descriptor.getAsInt()))
                : Optional.empty();
    }

    private Path path() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    FileStatus status() throws IOException {
        return FileStatus.of(path());
    }

    /// Opens it to be read; empty unless it is a regular file.
    Optional<FileChannel> open() throws IOException {
        return status().kind() == FileStatus.Kind.FILE
                ? Optional.of(FileChannel.open(path(), StandardOpenOption.READ))
                : Optional.empty();
    }

    /// A folder's entry, with its own status if it is a link.
    record Entry(String name, FileStatus status) {}

    /// The entries of a folder, at most `limit` of them.
    List<Entry> entries(int limit) throws IOException {
        var entries = new ArrayList<Entry>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(path())) {
            for (var entry : names) {
                if (entries.size() == limit) {
                    break;
                }
                try {
                    var status = FileStatus.of(entry, LinkOption.NOFOLLOW_LINKS);
                    entries.add(new Entry(name(entry), status));
                } catch (NoSuchFileException e) {
                    // Gone since its name was read.
                }
            }
        }
        return entries;
    }

    /// Names are bytes. A JVM in the C locale cannot decode them, but writes them all in a URI.
    private static String name(Path entry) {
        var name = entry.getFileName().toString();
        if (name.indexOf('\uFFFD') < 0) {
            return name;
        }
        var path = entry.toUri().getRawPath();
        var last = path.substring(path.lastIndexOf('/', path.length() - 2) + 1);
        return URLDecoder.decode(last.replace("+", "%2B").replace("/", ""), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Native.close(descriptor);
    }
}
