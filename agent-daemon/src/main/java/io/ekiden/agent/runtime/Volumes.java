package io.ekiden.agent.runtime;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.LocalVolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The persistent volumes of an agent: directories that outlive tasks, made when a task first needs
/// them and destroyed only by order. A file beside each says its id, since a directory's name may
/// be a shortened form of it.
public final class Volumes {
    private static final String ID = ".id";

    private final WorkDir work;

    public Volumes(WorkDir work) {
        this.work = work;
    }

    /// The directories of a task's volumes by their container paths, made if they are not there.
    /// The volume and its id are on the disk before this returns.
    public SortedMap<String, Path> of(LocalTask local) throws IOException {
        var folders = new TreeMap<String, Path>();
        for (var volume : local.task().orElseThrow().volumes()) {
            folders.put(volume.containerPath(), make(volume));
        }
        return folders;
    }

    private Path make(LocalVolume volume) throws IOException {
        var folder = work.volume(volume.id());
        if (!Files.isDirectory(folder)) {
            WorkDir.writeDurably(id(folder), volume.id());
            Files.createDirectory(folder);
            WorkDir.sync(work.volumes());
        }
        return folder;
    }

    private static Path id(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ID);
    }

    /// Of all volumes that there are, in the order of their names.
    public List<String> ids() {
        try (var files = Files.list(work.volumes())) {
            return files.filter(Files::isDirectory).sorted().map(Volumes::idOf).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String idOf(Path folder) {
        try {
            return Files.readString(id(folder));
        } catch (IOException e) {
            // Better an id that nobody knows than none: nothing is destroyed on its account.
            return folder.getFileName().toString();
        }
    }

    /// Removes a volume with all that is in it.
    ///
    /// @throws UncheckedIOException when that cannot be done
    public void destroy(String volumeId) {
        var folder = work.volume(volumeId);
        try {
            WorkDir.delete(folder);
            Files.deleteIfExists(id(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
