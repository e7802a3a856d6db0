package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.agent.fetch.Fetcher.Outcome;
import io.ekiden.agent.runtime.docker.Contents;
import io.ekiden.agent.runtime.image.ContainerCommand;
import io.ekiden.agent.runtime.image.ImageLauncher;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.TaskId;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Turns a task into processes: its supervisor, the commands of its health checks, and those that
/// people run in it.
final class Launcher {
    private static final String EVALUATE = "eval \"$(cat)\"";
    private static final String NO_IMAGES =
            "this agent runs no images without an engine: that needs root, namespaces, and the"
                    + " programs runc, skopeo and umoci";

    private static final String NO_TERMINALS =
            "this agent gives no terminals without Docker: that needs the program script of"
                    + " util-linux";

    /// Joins the control groups that are named before `--`, and becomes what is named behind it.
    private static final String JOIN =
            "while [ \"$1\" != -- ]; do echo 0 > \"$1/cgroup.procs\" || exit 1; shift; done;"
                    + " shift; umask 022; exec \"$@\"";

    /// An agent that a script has put into the background ignores these, and so would all that it
    /// starts: what is typed at a terminal could not interrupt (POSIX, Shell Command Language,
    /// 2.11).
    private static final List<String> HEARING = List.of("env", "--default-signal=INT,QUIT");

    private final WorkDir work;
    private final Volumes volumes;
    private final String bootId;
    private final String hostname;
    private final Isolation isolation;
    private final boolean sessions;
    private final boolean signals;
    private final boolean terminals;
    private final SortedMap<String, String> common;
    private final SecretKeeper secrets;
    private final Optional<ImageLauncher> images;

    Launcher(
            WorkDir work,
            String bootId,
            String hostname,
            Isolation isolation,
            SortedMap<String, String> common,
            SecretKeeper secrets,
            Optional<ImageLauncher> images) {
        this.work = work;
        this.volumes = new Volumes(work);
        this.bootId = bootId;
        this.hostname = hostname;
        this.isolation = isolation;
        this.common = common;
        this.secrets = secrets;
        this.images = images;
        this.sessions = Processes.run(List.of("/bin/sh", "-c", "command -v setsid")).isPresent();
        this.terminals = Processes.run(List.of("script", "-qefc", "true", "/dev/null")).isPresent();
        var trial = new ArrayList<>(HEARING);
        trial.add("true");
        this.signals = Processes.run(trial).isPresent();
    }

    static Path script(WorkDir work) {
        return work.root().resolve("bin").resolve("supervise.sh");
    }

    TaskFiles files(TaskId taskId) {
        return new TaskFiles(taskId, work.task(taskId), work.sandbox(taskId));
    }

    /// Why this task cannot be started here, found out before anything is done.
    Optional<String> problem(LocalTask local) {
        if (local.task().isEmpty()) {
            return Optional.of("its definition is not known");
        }
        var task = local.task().get();
        var execution = Execution.of(task);
        if (execution.tty() && !terminals) {
            return Optional.of(NO_TERMINALS);
        }
        if (isContained(task)) {
            return images.map(launcher -> launcher.problem(task)).orElse(Optional.of(NO_IMAGES));
        }
        var command = execution.command();
        var environment = environment(task, Brought.NOTHING);
        if (command.isEmpty()) {
            return Optional.of("there is neither a command nor arguments");
        }
        boolean zero =
                command.stream().anyMatch(Launcher::hasZero)
                        || environment.entrySet().stream()
                                .anyMatch(e -> hasZero(e.getKey()) || hasZero(e.getValue()));
        if (zero) {
            return Optional.of("a command or an environment variable holds a zero character");
        }
        return execution
                .user()
                .flatMap(user -> Users.problem(user, isolation.root()))
                .or(() -> notExecutable(command.getFirst(), environment));
    }

    private static boolean isContained(AgentCommand.Task task) {
        return Contents.of(task).filter(contents -> !contents.image().isEmpty()).isPresent();
    }

    private static boolean hasZero(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static Optional<String> notExecutable(
            String program, SortedMap<String, String> environment) {
        if (program.startsWith("-")) {
            return Optional.of("not a command: '%s'".formatted(program));
        }
        if (program.contains("/") && !program.startsWith("/")) {
            // Relative to the sandbox, which is empty now but for what a fetch may bring.
            return Optional.empty();
        }
        var folders =
                program.startsWith("/")
                        ? List.of("")
                        : List.of(environment.getOrDefault("PATH", "").split(File.pathSeparator));
        boolean found =
                folders.stream()
                        .map(folder ->
                                new File(folder.isEmpty() ? program : folder + "/" + program))
                        .anyMatch(file -> file.isFile() && file.canExecute());
        return found
                ? Optional.empty()
                : Optional.of("command not found or not executable: '%s'".formatted(program));
    }

    private SortedMap<String, String> environment(AgentCommand.Task task, Brought brought) {
        var environment = new TreeMap<String, String>();
        if (Execution.of(task).tty()) {
            environment.put("TERM", TaskEnvironment.TERM);
        }
        environment.putAll(common);
        environment.putAll(
                TaskEnvironment.of(
                        task, hostname, work.sandbox(task.taskId()).toString(), brought.env()));
        return environment;
    }

    /// Makes the sandbox, which is the agent's own until the launch.
    void prepare(TaskFiles files) throws IOException {
        Files.createDirectories(files.sandbox());
        WorkDir.restrict(files.sandbox(), "rwxr-x---");
    }

    /// Blocks until the task's image is there, if it has one.
    ///
    /// @param progress of what takes long, in words for people
    Outcome bringImage(
            AgentCommand.Task task,
            TaskFiles files,
            BooleanSupplier stopped,
            Consumer<String> progress) {
        return isContained(task)
                ? images.orElseThrow().bring(task, files.folder(), stopped, progress)
                : new Outcome.Done();
    }

    /// Starts the supervisor, which outlives this process.
    Process launch(LocalTask local, TaskFiles files) throws IOException {
        var task = local.task().orElseThrow();
        return isContained(task) ? launchContained(local, files) : launchPlain(local, files);
    }

    private Process launchContained(LocalTask local, TaskFiles files) throws IOException {
        var task = local.task().orElseThrow();
        var execution = Execution.of(task);
        var groups = groups(task.taskId(), execution, files);
        var bundle = images.orElseThrow().prepare(local, files.folder(), files.sandbox(), groups);
        writeLaunch(task, files, bundle, !secrets.of(task).env().isEmpty());
        prepareTerminal(execution, files);
        return supervise(files, "image", Optional.empty(), groups);
    }

    private Process launchPlain(LocalTask local, TaskFiles files) throws IOException {
        var task = local.task().orElseThrow();
        var execution = Execution.of(task);
        var user = execution.user().filter(name -> !Users.isMyself(name));
        if (user.isPresent()) {
            Users.giveAllTo(user.get(), files.sandbox());
        }
        var mounts = Mounts.of(task, work, volumes.of(local));
        for (var mount : mounts) {
            Mounts.make(mount, files.sandbox(), user);
        }
        files.writeReadOnly(readOnly(mounts));
        var brought = secrets.of(task);
        secrets.makeFiles(task);
        for (var file : brought.files().entrySet()) {
            Mounts.make(
                    new Mounts.Mount(file.getKey(), file.getValue(), true, false),
                    files.sandbox(),
                    user);
        }
        var script = LaunchScript.of(environment(task, brought), execution.command(), true);
        writeLaunch(task, files, script, !brought.env().isEmpty());
        prepareTerminal(execution, files);
        return supervise(files, isolation.mode(), user, groups(task.taskId(), execution, files));
    }

    private static void prepareTerminal(Execution execution, TaskFiles files) throws IOException {
        var command = List.of("mkfifo", "-m", "600", files.terminal().toString());
        if (execution.tty() && Processes.run(command).isEmpty()) {
            throw new IOException("mkfifo failed");
        }
    }

    private List<Path> groups(TaskId taskId, Execution execution, TaskFiles files)
            throws IOException {
        var groups =
                isolation
                        .cgroups()
                        .create(WorkDir.name(taskId), execution.resources(), execution.limits());
        files.writeCgroups(groups);
        return groups;
    }

    private Process supervise(
            TaskFiles files, String mode, Optional<String> user, List<Path> groups)
            throws IOException {
        var command = new ArrayList<>(session());
        command.addAll(List.of("/bin/sh", script(work).toString()));
        command.addAll(List.of(files.folder().toString(), files.sandbox().toString()));
        command.addAll(List.of(mode, bootId, user.orElse("")));
        groups.forEach(group -> command.add(group.toString()));
        var builder = new ProcessBuilder(command);
        Processes.clean(builder);
        return builder.redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(files.log().toFile()))
                .directory(work.root().toFile())
                .start();
    }

    /// Where values of secrets are in it, it is kept with them.
    private void writeLaunch(
            AgentCommand.Task task, TaskFiles files, String text, boolean hasSecrets)
            throws IOException {
        if (hasSecrets) {
            Files.createSymbolicLink(files.launch(), secrets.writeScript(task, text));
        } else {
            WorkDir.writeAtomically(files.launch(), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Those that the supervisor mounts, since a link does not keep anybody from writing.
    private List<Mounts.Mount> readOnly(List<Mounts.Mount> mounts) throws IOException {
        var readOnly = mounts.stream().filter(Mounts.Mount::readOnly).toList();
        if (!readOnly.isEmpty() && !isolation.pidNamespace()) {
            throw new IOException(
                    "a volume that is read-only needs an agent with root and namespaces");
        }
        return readOnly;
    }

    private List<String> session() {
        return sessions ? List.of("setsid") : List.of();
    }

    /// Runs a check's command as the task's user, in its sandbox, namespace and environment.
    Finding check(LocalTask local, String text, Duration timeout) {
        var task = local.task().orElseThrow();
        var files = files(task.taskId());
        var builder = new ProcessBuilder(checkCommand(task, files, text));
        Processes.clean(builder);
        try {
            var script = isContained(task) ? "" : script(task, text);
            var process =
                    builder.redirectErrorStream(true)
                            .redirectOutput(Redirect.DISCARD)
                            .directory(files.sandbox().toFile())
                            .start();
            try (var input = process.getOutputStream()) {
                input.write(script.getBytes(StandardCharsets.UTF_8));
            }
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Finding.Exited(process.exitValue());
            }
            // In a container it leads a group of its own.
            var others = process.descendants().toList();
            if (sessions) {
                Processes.killGroup(process.pid());
            }
            others.forEach(other -> Processes.killGroup(other.pid()));
            process.destroyForcibly();
            return new Finding.Failed(
                    "Command timed out after %d ms".formatted(timeout.toMillis()));
        } catch (IOException e) {
            return new Finding.Failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finding.Unknown();
        }
    }

    private String script(AgentCommand.Task task, String text) throws IOException {
        var environment = environment(task, secrets.of(task));
        return LaunchScript.of(environment, List.of("/bin/sh", "-c", text), false);
    }

    private List<String> checkCommand(AgentCommand.Task task, TaskFiles files, String text) {
        var command = new ArrayList<>(session());
        command.addAll(namespaces(files));
        command.addAll(
                isContained(task)
                        ? ContainerCommand.check(files.folder(), text)
                        : asUser(Execution.of(task), EVALUATE));
        return command;
    }

    /// Into those of a task that runs, if it has its own.
    private static List<String> namespaces(TaskFiles files) {
        return files.init()
                .filter(Processes.Identity::lives)
                .map(init ->
                        List.of(
                                "nsenter",
                                "--target",
                                Long.toString(init.pid()),
                                "--pid",
                                "--mount",
                                "--wd=" + files.sandbox()))
                .orElse(List.of());
    }

    private static List<String> asUser(Execution execution, String text) {
        return execution
                .user()
                .filter(name -> !Users.isMyself(name))
                .map(user -> Users.runAs(user, "/bin/sh", text))
                .orElse(List.of("/bin/sh", "-c", text));
    }

    /// Begins a command of somebody's as the task's user, in its sandbox, namespace, control groups
    /// and environment.
    Exec.Begun exec(LocalTask local, Exec.Wanted wanted) {
        var task = local.task();
        if (task.isEmpty()) {
            return new Exec.Begun.Failed("the task's definition is not known");
        }
        if (wanted.command().stream().anyMatch(Launcher::hasZero)) {
            return new Exec.Begun.Failed("the command holds a zero character");
        }
        var terminal = Optional.<Pty>empty();
        try {
            terminal = wanted.tty() ? Optional.of(Pty.open()) : terminal;
            return new Exec.Begun.Done(exec(task.get(), wanted, terminal));
        } catch (IOException e) {
            terminal.ifPresent(Pty::close);
            return new Exec.Begun.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Exec exec(AgentCommand.Task task, Exec.Wanted wanted, Optional<Pty> terminal)
            throws IOException {
        var files = files(task.taskId());
        boolean contained = isContained(task);
        var execution = Execution.of(task);
        var mark = ExecMark.random();
        var user = execution.user().filter(name -> !Users.isMyself(name));
        if (terminal.isPresent() && user.isPresent() && !contained) {
            Users.giveTo(user.get(), Path.of(terminal.get().path()));
        }
        var command = new ArrayList<>(List.of("/bin/sh", "-c", JOIN, "/bin/sh"));
        files.cgroups().forEach(group -> command.add(group.toString()));
        command.add("--");
        command.addAll(signals ? HEARING : List.of());
        command.addAll(namespaces(files));
        command.addAll(session());
        command.addAll(
                contained
                        ? List.of("/bin/sh", "-c", NativeExec.reading(mark))
                        : asUser(execution, NativeExec.reading(mark)));
        var builder = new ProcessBuilder(command).directory(files.sandbox().toFile());
        Processes.clean(builder);
        var environment = new TreeMap<String, String>();
        if (terminal.isPresent()) {
            environment.put("TERM", TaskEnvironment.TERM);
        }
        // A container has its task's environment already.
        var within = new TreeMap<>(environment);
        environment.putAll(environment(task, secrets.of(task)));
        var script =
                contained
                        ? LaunchScript.of(
                                Map.of(),
                                ContainerCommand.of(
                                        files.folder(),
                                        terminal.isPresent(),
                                        within,
                                        ExecMark.NAME,
                                        mark.id(),
                                        wanted.command()),
                                false)
                        : LaunchScript.of(environment, wanted.command(), false);
        var exec = NativeExec.begin(builder, mark, terminal, script);
        if (!wanted.stdin() && terminal.isEmpty()) {
            exec.endInput();
        }
        return exec;
    }

    /// The process that SIGTERM is for: not who holds its terminal or its container, but the task's
    /// own behind them, each of which leads a group.
    static long program(TaskFiles files, Processes.Identity leader) {
        long pid = Files.exists(files.terminal()) ? behind(leader.pid()) : leader.pid();
        return ImageLauncher.owns(files.folder()) ? behind(pid) : pid;
    }

    private static long behind(long holder) {
        return ProcessHandle.of(holder).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .filter(Processes::leadsGroup)
                .findFirst()
                .orElse(holder);
    }

    /// A task that runs still was found again.
    void recovered(TaskFiles files) {
        if (ImageLauncher.owns(files.folder())) {
            images.ifPresent(launcher -> launcher.recovered(files.taskId(), files.folder()));
        }
    }

    /// A task has ended.
    void clear(TaskFiles files) {
        if (ImageLauncher.owns(files.folder())) {
            images.ifPresent(launcher -> launcher.clear(files.taskId(), files.folder()));
        }
    }

    /// Whether tasks can have terminals.
    boolean terminals() {
        return terminals;
    }

    /// What is said of this machine's way with images; absent when it runs none.
    Optional<String> images() {
        return images.map(ImageLauncher::attribute);
    }
}
