package io.ekiden.agent.runtime.image;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.agent.fetch.Fetcher.Outcome;
import io.ekiden.agent.runtime.Mounts;
import io.ekiden.agent.runtime.Volumes;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.runtime.docker.Contents;
import io.ekiden.agent.runtime.docker.Owner;
import io.ekiden.agent.runtime.image.ImageStore.Pulled;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.agent.secrets.PullConfig.Credentials.Login;
import io.ekiden.agent.secrets.PullConfig.Credentials.Unusable;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.Network;
import io.ekiden.model.TaskId;
import io.ekiden.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Tasks in images without an engine: what has to be there before runc is called by their
/// supervisors, as a task of any other kind has it. A task's folder has the link `image` to what
/// was unpacked, and what it writes itself in `upper` or, where the machine cannot lay directories
/// over one another, in `copy`.
public final class ImageLauncher {
    /// Where a task finds its sandbox: Mesos' own place.
    private static final String SANDBOX = "/mnt/mesos/sandbox";

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final String IMAGE = "image";
    private static final String BUNDLE = "bundle";
    private static final String COPY = "copy";
    private static final List<String> OVERLAY = List.of("upper", "work");
    private static final long STOP_POLL_MILLIS = 200;

    private final WorkDir work;
    private final Volumes volumes;
    private final String hostname;
    private final SortedMap<String, String> common;
    private final SecretKeeper secrets;
    private final ImageStore store;
    private final boolean overlay;

    ImageLauncher(
            WorkDir work,
            String hostname,
            SortedMap<String, String> common,
            SecretKeeper secrets,
            ImageStore store,
            boolean overlay) {
        this.work = work;
        this.volumes = new Volumes(work);
        this.hostname = hostname;
        this.common = common;
        this.secrets = secrets;
        this.store = store;
        this.overlay = overlay;
    }

    /// @param common variables of every task; those of its own come before them
    /// @return empty where the machine lacks a program
    public static Optional<ImageLauncher> create(
            WorkDir work, String hostname, SortedMap<String, String> common, SecretKeeper secrets) {
        return ImageStore.create(work, secrets)
                .map(store -> {
                    noCgroups(work);
                    return new ImageLauncher(
                            work, hostname, common, secrets, store, Overlay.works(work.root()));
                });
    }

    /// What runc finds in place of the machine's control groups: their directories, read-only and
    /// empty.
    private static void noCgroups(WorkDir work) {
        try {
            var none = Files.createDirectories(work.root().resolve("bin").resolve("no-cgroups"));
            try (var groups = Files.list(CGROUPS)) {
                for (var group : groups.filter(Files::isDirectory).toList()) {
                    Files.createDirectories(none.resolve(group.getFileName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How images get a layer to write to, for people.
    public String attribute() {
        return overlay ? "overlay" : "copy";
    }

    /// Whether this is the folder of a task in an image.
    public static boolean owns(Path folder) {
        return Files.isSymbolicLink(folder.resolve(IMAGE));
    }

    /// Why this task cannot be started here, found out before anything is done.
    public Optional<String> problem(AgentCommand.Task task) {
        var contents = contents(task);
        var sandbox = work.sandbox(task.taskId());
        if (task.spec().network() != Network.HOST) {
            return Optional.of("without an engine images are on the host's network");
        }
        boolean zero =
                Stream.of(
                                contents.entryPoint().orElse(List.of()).stream(),
                                contents.arguments().stream(),
                                environment(task, List.of(), Brought.NOTHING).values().stream())
                        .flatMap(texts -> texts)
                        .anyMatch(text -> text.indexOf('\0') >= 0);
        if (zero) {
            return Optional.of("a command or an environment variable holds a zero character");
        }
        return contents.hostVolumes().stream()
                .filter(volume -> !volume.hostPath().startsWith("/"))
                .map(Volume.Host::hostPath)
                .filter(path -> !sandbox.resolve(path).normalize().startsWith(sandbox))
                .map("the volume '%s' leaves the sandbox"::formatted)
                .findFirst();
    }

    private static Contents contents(AgentCommand.Task task) {
        return Contents.of(task).orElseThrow();
    }

    /// Blocks until the task's image is in its folder.
    ///
    /// @param progress of what takes long, in words for people
    public Outcome bring(
            AgentCommand.Task task,
            Path folder,
            BooleanSupplier stopped,
            Consumer<String> progress) {
        var contents = contents(task);
        var here =
                contents.forcePull()
                        ? Optional.<Path>empty()
                        : store.find(task.taskId(), contents.image());
        try {
            return here.isPresent()
                    ? linked(folder, here.get())
                    : pulled(task, contents.image(), folder, stopped, progress);
        } catch (IOException e) {
            return new Outcome.Failed("its image cannot be made: " + e.getMessage());
        }
    }

    private Outcome pulled(
            AgentCommand.Task task,
            String image,
            Path folder,
            BooleanSupplier stopped,
            Consumer<String> progress)
            throws IOException {
        var login = Optional.<Login>empty();
        var config = secrets.of(task).pullConfig();
        if (config.isPresent()) {
            switch (config.get().of(image)) {
                case Login known -> login = Optional.of(known);
                case Unusable(var why) -> {
                    return new Outcome.Failed(
                            "image %s cannot be pulled: %s".formatted(image, why));
                }
            }
        }
        var pull = store.pull(image, login, progress);
        while (!stopped.getAsBoolean()) {
            try {
                return switch (pull.get(STOP_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    case Pulled.Here(var unpacked) ->
                            linked(folder, store.hold(task.taskId(), unpacked));
                    case Pulled.Failed(var why) -> new Outcome.Failed(why);
                };
            } catch (TimeoutException e) {
                // Looks again whether the task is still wanted.
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Outcome.Stopped();
            }
        }
        return new Outcome.Stopped();
    }

    private static Outcome linked(Path folder, Path image) throws IOException {
        if (!Files.isDirectory(image)) {
            return new Outcome.Failed("its image was removed to make room for others");
        }
        Files.createSymbolicLink(folder.resolve(IMAGE), image);
        return new Outcome.Done();
    }

    /// Makes all that the supervisor needs, and says what runc is to be told.
    ///
    /// @param groups the task's control groups
    /// @throws IOException with words for people
    public String prepare(LocalTask local, Path folder, Path sandbox, List<Path> groups)
            throws IOException {
        var task = local.task().orElseThrow();
        var image = folder.resolve(IMAGE).toRealPath();
        var config = ImageConfig.read(image.resolve("config.json"));
        var contents = contents(task);
        var name = contents.user().or(config::user).orElse("");
        var user =
                ImageUser.of(image.resolve("rootfs"), name)
                        .orElseThrow(() ->
                                new IOException("the image has no user '%s'".formatted(name)));
        var command = config.run(contents.entryPoint(), contents.arguments());
        if (command.isEmpty()) {
            throw new IOException("neither the definition nor the image has a command");
        }
        layer(folder, image.resolve("rootfs"));
        var brought = secrets.of(task);
        secrets.makeFiles(task);
        var uid = Optional.of(user.uid()).filter(id -> id != 0);
        secrets.giveToContainer(task, uid);
        if (uid.isPresent()) {
            Owner.giveAll(uid.get(), sandbox);
        }
        return new Bundle(
                        command,
                        environment(task, config.environment(), brought),
                        config.workingDir().orElse(SANDBOX),
                        user,
                        contents.tty(),
                        mounts(local, contents, brought, sandbox, uid),
                        folder.resolve("running"),
                        groups.stream().map(group -> seen(folder, group)).toList())
                .json();
    }

    private void layer(Path folder, Path rootfs) throws IOException {
        Files.createDirectory(folder.resolve(BUNDLE));
        if (overlay) {
            for (var part : OVERLAY) {
                WorkDir.restrict(Files.createDirectory(folder.resolve(part)), "rwxr-xr-x");
            }
        } else {
            Overlay.copy(rootfs, folder.resolve(COPY));
        }
    }

    /// The machine's own are covered where runc runs.
    private static Path seen(Path folder, Path group) {
        return group.startsWith(CGROUPS)
                ? folder.resolve(BUNDLE).resolve("groups").resolve(CGROUPS.relativize(group))
                : group;
    }

    private SortedMap<String, String> environment(
            AgentCommand.Task task, List<String> ofImage, Brought brought) {
        var variables = new TreeMap<String, String>();
        variables.put("PATH", TaskEnvironment.PATH);
        if (contents(task).tty()) {
            variables.put("TERM", TaskEnvironment.TERM);
        }
        for (var variable : ofImage) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        variables.putAll(common);
        variables.putAll(TaskEnvironment.inContainer(task, hostname, SANDBOX, brought.env()));
        return Collections.unmodifiableSortedMap(variables);
    }

    private List<Bundle.Mount> mounts(
            LocalTask local,
            Contents contents,
            Brought brought,
            Path sandbox,
            Optional<Integer> uid)
            throws IOException {
        var mounts = new ArrayList<Bundle.Mount>();
        mounts.add(new Bundle.Mount(sandbox, SANDBOX, false));
        for (var volume : contents.hostVolumes()) {
            mounts.add(
                    new Bundle.Mount(
                            sandbox.resolve(volume.hostPath()).normalize(),
                            inContainer(volume.containerPath()),
                            volume.mode() == Volume.Mode.RO));
        }
        for (var mount : Mounts.of(local.task().orElseThrow(), work, volumes.of(local))) {
            if (uid.isPresent() && mount.ours()) {
                Owner.give(uid.get(), mount.folder());
            }
            mounts.add(
                    new Bundle.Mount(mount.folder(), inContainer(mount.path()), mount.readOnly()));
        }
        brought.files()
                .forEach((path, file) ->
                        mounts.add(new Bundle.Mount(file, inContainer(path), true)));
        return mounts;
    }

    private static String inContainer(String path) {
        return path.startsWith("/") ? path : SANDBOX + "/" + path;
    }

    static Path bundle(Path folder) {
        return folder.resolve(BUNDLE);
    }

    /// The task of this folder was found to run still.
    public void recovered(TaskId task, Path folder) {
        try {
            store.hold(task, folder.resolve(IMAGE).toRealPath());
        } catch (IOException e) {
            // It runs without: what is open is there.
            store.release(task);
        }
    }

    /// The task has ended: what it wrote outside of its sandbox and its volumes is gone.
    public void clear(TaskId task, Path folder) {
        store.release(task);
        Stream.concat(OVERLAY.stream(), Stream.of(COPY, BUNDLE))
                .map(folder::resolve)
                .forEach(WorkDir::delete);
    }
}
