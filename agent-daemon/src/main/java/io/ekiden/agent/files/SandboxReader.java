package io.ekiden.agent.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads a sandbox as what it is: a place that its task can change at any moment, to its own ends.
/// Every segment of a path is opened relative to the one before and no link is followed, so a path
/// never leaves the sandbox; only regular files are opened.
///
/// What may not be read does not exist: all refusals are the same empty answer. Blocks on the disk.
final class SandboxReader {
    private SandboxReader() {}

    /// A regular file, open.
    record OpenFile(FileChannel channel, Object identity, long size) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /// A line of a listing.
    ///
    /// @param path relative to the sandbox
    record Listed(String path, FileStatus status) {}

    /// @param complete whether these are all
    record Listing(List<Listed> files, boolean complete) {
        Listing {
            files = List.copyOf(files);
        }
    }

    static Optional<OpenFile> open(Sandbox sandbox, SandboxPath path) throws IOException {
        var found = find(sandbox, path);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (var handle = found.get()) {
            var channel = handle.open();
            if (channel.isEmpty()) {
                return Optional.empty();
            }
            var status = handle.status();
            return Optional.of(new OpenFile(channel.get(), status.identity(), status.size()));
        }
    }

    /// A folder's entries by their names; of a folder with more than `limit` only so many.
    static Optional<Listing> browse(Sandbox sandbox, SandboxPath path, int limit)
            throws IOException {
        var found = find(sandbox, path);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var files = new TreeMap<String, FileStatus>();
        boolean complete;
        try (var handle = found.get()) {
            if (handle.status().kind() != FileStatus.Kind.FOLDER) {
                return Optional.empty();
            }
            var entries = handle.entries(limit + 1);
            complete = entries.size() <= limit;
            entries.stream().limit(limit).forEach(entry -> files.put(entry.name(), entry.status()));
        }
        addMounts(sandbox, path, files);
        var listed = new ArrayList<Listed>();
        files.forEach((name, status) -> listed.add(new Listed(path.child(name).text(), status)));
        return Optional.of(new Listing(listed, complete));
    }

    /// A mounted folder is shown as what it is, not as the link or the empty folder in its place.
    private static void addMounts(Sandbox sandbox, SandboxPath path, Map<String, FileStatus> files)
            throws IOException {
        for (var mount : sandbox.mounts().entrySet()) {
            var at = SandboxPath.parse(mount.getKey());
            if (at.isPresent() && isChild(path, at.get())) {
                var folder = Handle.folder(mount.getValue());
                if (folder.isPresent()) {
                    try (var handle = folder.get()) {
                        files.put(at.get().name(), handle.status());
                    }
                }
            }
        }
    }

    private static boolean isChild(SandboxPath folder, SandboxPath path) {
        int depth = folder.segments().size();
        return path.segments().size() == depth + 1
                && path.segments().subList(0, depth).equals(folder.segments());
    }

    private static Optional<Handle> find(Sandbox sandbox, SandboxPath path) throws IOException {
        int depth = path.segments().size();
        for (int n = depth; n > 0; n--) {
            var mount = sandbox.mounts().get(path.head(n));
            if (mount != null) {
                return descend(mount, path.segments().subList(n, depth));
            }
        }
        return descend(sandbox.root(), path.segments());
    }

    private static Optional<Handle> descend(Path root, List<String> segments) throws IOException {
        var here = Handle.folder(root);
        for (int i = 0; i < segments.size() && here.isPresent(); i++) {
            try (var parent = here.get()) {
                boolean last = i == segments.size() - 1;
                var name = segments.get(i);
                here = last ? parent.child(name) : parent.folder(name);
            }
        }
        return here;
    }
}
