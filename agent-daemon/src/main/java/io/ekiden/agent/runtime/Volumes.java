package io.ekiden.agent.runtime;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.Disk;
import io.ekiden.model.LocalVolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The persistent volumes of an agent: directories that outlive tasks, made when a task first needs
/// them and destroyed only by order. A file beside each says its id, since a directory's name may
/// be a shortened form of it.
public final class Volumes {
    private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);
    private static final String ID = ".id";

    /// On a disk that has had volumes.
    private static final String MARK = ".ekiden-disk";

    /// The containers of a pod have its volumes in common, and are started at once.
    private static final Object CHANGES = new Object();

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
        synchronized (CHANGES) {
            return made(volume);
        }
    }

    private Path made(LocalVolume volume) throws IOException {
        var entry = work.volumeEntry(volume.id());
        if (Files.isSymbolicLink(entry)) {
            var folder = work.volume(volume.id());
            if (!Files.isDirectory(folder)) {
                // A new one in its place would hide that its data is not there.
                throw new IOException("the volume %s is not there".formatted(folder));
            }
            return folder;
        }
        if (!Files.isDirectory(entry)) {
            WorkDir.writeDurably(id(entry), volume.id());
            if (volume.part().isPresent()) {
                makeOn(Path.of(volume.part().get().disk()), entry);
            } else {
                Files.createDirectory(entry);
            }
            WorkDir.sync(work.volumes());
        }
        return work.volume(volume.id());
    }

    private void makeOn(Path disk, Path entry) throws IOException {
        checkUsable(disk);
        var folder = disk.resolve(entry.getFileName());
        if (!Files.exists(disk.resolve(MARK))) {
            Files.createFile(disk.resolve(MARK));
        }
        Files.createDirectories(folder);
        WorkDir.sync(disk);
        Files.createSymbolicLink(entry, folder);
    }

    private void checkUsable(Path disk) throws IOException {
        var problem = problem(disk);
        if (problem.isPresent()) {
            throw new IOException("the disk %s cannot be used: %s".formatted(disk, problem.get()));
        }
    }

    /// An empty directory in the place of a disk that is not mounted has no mark.
    private Optional<String> problem(Path disk) throws IOException {
        var problem = work.disks().problem(disk);
        return problem.isEmpty() && hasVolumes(disk) && !Files.exists(disk.resolve(MARK))
                ? Optional.of("it has not what was there: is it mounted?")
                : problem;
    }

    private boolean hasVolumes(Path disk) throws IOException {
        try (var files = Files.list(work.volumes())) {
            for (var entry : files.filter(Files::isSymbolicLink).toList()) {
                if (disk.equals(Files.readSymbolicLink(entry).getParent())) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Path id(Path entry) {
        return entry.resolveSibling(entry.getFileName() + ID);
    }

    /// The disks for volumes that can be used now.
    public List<Disk> disks() {
        return work.disks().usable().stream().filter(this::isAsItWas).toList();
    }

    private boolean isAsItWas(Disk disk) {
        try {
            var problem = problem(Path.of(disk.path()));
            problem.ifPresent(
                    why -> LOG.error("disk={} state=not-offered why={}", disk.path(), why));
            return problem.isEmpty();
        } catch (IOException e) {
            LOG.error("disk={} state=not-offered why={}", disk.path(), e.toString());
            return false;
        }
    }

    /// Of all volumes that there are, in the order of their names.
    public List<String> ids() {
        try (var files = Files.list(work.volumes())) {
            return files.filter(Volumes::isEntry).sorted().map(Volumes::idOf).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Also one whose disk is not there.
    private static boolean isEntry(Path file) {
        return Files.isDirectory(file) || Files.isSymbolicLink(file);
    }

    private static String idOf(Path entry) {
        try {
            return Files.readString(id(entry));
        } catch (IOException e) {
            // Better an id that nobody knows than none: nothing is destroyed on its account.
            return entry.getFileName().toString();
        }
    }

    /// Removes a volume with all that is in it.
    ///
    /// @throws UncheckedIOException when that cannot be done
    public void destroy(String volumeId) {
        synchronized (CHANGES) {
            destroyed(volumeId);
        }
    }

    private void destroyed(String volumeId) {
        var entry = work.volumeEntry(volumeId);
        try {
            if (Files.isSymbolicLink(entry)) {
                destroyOnDisk(work.volume(volumeId));
                Files.delete(entry);
            }
            WorkDir.delete(entry);
            Files.deleteIfExists(id(entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void destroyOnDisk(Path folder) throws IOException {
        checkUsable(folder.getParent());
        WorkDir.delete(folder);
    }
}
