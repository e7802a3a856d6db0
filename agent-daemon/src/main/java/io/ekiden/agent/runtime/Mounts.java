package io.ekiden.agent.runtime;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodContainer.VolumeMount;
import io.ekiden.model.PodVolume;
import io.ekiden.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/// Which directories of the machine a task finds, in its sandbox or elsewhere in its container.
public final class Mounts {
    /// A supervisor opens these with its own rights.
    private static final List<String> OUTPUT = List.of("stdout", "stderr");

    private Mounts() {}

    /// @param path in the sandbox, or absolute in a container
    /// @param ours made for the task, and so given to its user
    public record Mount(String path, Path folder, boolean ours, boolean readOnly) {}

    /// @param persistent the directories of the task's persistent volumes: of an app by their
    ///   paths, of a pod by their names
    public static List<Mount> of(
            AgentCommand.Task task, WorkDir work, SortedMap<String, Path> persistent)
            throws IOException {
        return switch (task.spec()) {
            case App app ->
                    Stream.concat(
                                    persistent.entrySet().stream()
                                            .map(volume ->
                                                    new Mount(
                                                            volume.getKey(),
                                                            volume.getValue(),
                                                            true,
                                                            false)),
                                    app.contained() ? Stream.empty() : hostVolumes(app))
                            .toList();
            case Pod pod -> ofContainer(task, pod, work, persistent);
        };
    }

    /// In an image they are anywhere, not just in the sandbox.
    private static Stream<Mount> hostVolumes(App app) {
        return app.container().stream()
                .flatMap(container -> container.volumes().stream())
                .filter(Volume.Host.class::isInstance)
                .map(Volume.Host.class::cast)
                .map(host ->
                        new Mount(
                                host.containerPath(),
                                Path.of(host.hostPath()),
                                false,
                                host.mode() == Volume.Mode.RO));
    }

    private static List<Mount> ofContainer(
            AgentCommand.Task task, Pod pod, WorkDir work, SortedMap<String, Path> persistent)
            throws IOException {
        var container = task.taskId().container().flatMap(pod::container);
        var mounts = new ArrayList<Mount>();
        for (var mount : container.map(PodContainer::volumeMounts).orElse(List.of())) {
            for (var volume : pod.volumes()) {
                boolean folder = !(volume instanceof PodVolume.Secret);
                if (folder && volume.name().equals(mount.name())) {
                    mounts.add(
                            new Mount(
                                    mount.mountPath(),
                                    folder(volume, task, pod, work, persistent),
                                    !(volume instanceof PodVolume.Host),
                                    mount.readOnly()));
                }
            }
        }
        return mounts;
    }

    private static Path folder(
            PodVolume volume,
            AgentCommand.Task task,
            Pod pod,
            WorkDir work,
            SortedMap<String, Path> persistent)
            throws IOException {
        return switch (volume) {
            case PodVolume.Host(_, var path) -> Path.of(path);
            case PodVolume.Persistent(var name, _, _) -> open(persistent.get(name), pod, volume);
            case PodVolume.Secret _ -> throw new IllegalArgumentException("it is a file");
            case PodVolume.Ephemeral(var name) ->
                    open(
                            Files.createDirectories(work.shared(task.taskId().unit(), name)),
                            pod,
                            volume);
        };
    }

    /// Containers of different users can share a directory only when all may write to it. Who a
    /// user is, an image may say.
    private static Path open(Path folder, Pod pod, PodVolume volume) throws IOException {
        long users =
                pod.containers().stream()
                        .filter(container -> mounts(container, volume))
                        .map(one -> List.of(one.user().or(pod::user), one.image()))
                        .distinct()
                        .count();
        if (users > 1) {
            WorkDir.restrict(folder, "rwxrwxrwx");
        }
        return folder;
    }

    private static boolean mounts(PodContainer container, PodVolume volume) {
        return container.volumeMounts().stream()
                .map(VolumeMount::name)
                .anyMatch(volume.name()::equals);
    }

    /// Makes a mount's place in a sandbox: a link, which needs no right to mount; for a read-only
    /// one what a supervisor can mount upon.
    ///
    /// @param user of the task, when it is not the agent's
    static void make(Mount mount, Path sandbox, Optional<String> user) throws IOException {
        if (user.isPresent() && mount.ours()) {
            Users.giveTo(user.get(), mount.folder());
        }
        if (OUTPUT.contains(mount.path())) {
            throw new IOException("the path '%s' is the task's output".formatted(mount.path()));
        }
        var place = sandbox.resolve(mount.path());
        // What was fetched, or another mount, may have put a link there.
        var there = place.getParent();
        while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = there.getParent();
        }
        if (!there.toRealPath().startsWith(sandbox.toRealPath())) {
            throw new IOException("the path '%s' leaves the sandbox".formatted(mount.path()));
        }
        Files.createDirectories(place.getParent());
        Files.deleteIfExists(place);
        if (!mount.readOnly()) {
            Files.createSymbolicLink(place, mount.folder());
        } else if (Files.isDirectory(mount.folder())) {
            Files.createDirectory(place);
        } else {
            Files.createFile(place);
        }
    }
}
