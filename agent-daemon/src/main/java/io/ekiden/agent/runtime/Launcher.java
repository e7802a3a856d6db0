package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.TaskId;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Turns a task into processes: its supervisor, and the commands of its health checks.
final class Launcher {
    private static final String EVALUATE = "eval \"$(cat)\"";

    private final WorkDir work;
    private final Volumes volumes;
    private final String bootId;
    private final String hostname;
    private final Isolation isolation;
    private final boolean sessions;
    private final SortedMap<String, String> common;
    private final SecretKeeper secrets;

    Launcher(
            WorkDir work,
            String bootId,
            String hostname,
            Isolation isolation,
            SortedMap<String, String> common,
            SecretKeeper secrets) {
        this.work = work;
        this.volumes = new Volumes(work);
        this.bootId = bootId;
        this.hostname = hostname;
        this.isolation = isolation;
        this.common = common;
        this.secrets = secrets;
        this.sessions = Processes.run(List.of("/bin/sh", "-c", "command -v setsid")).isPresent();
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
        var command = Execution.of(task).command();
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
        return Execution.of(task)
                .user()
                .flatMap(user -> Users.problem(user, isolation.root()))
                .or(() -> notExecutable(command.getFirst(), environment));
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
        var environment = new TreeMap<>(common);
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

    /// Starts the supervisor, which outlives this process.
    Process launch(LocalTask local, TaskFiles files) throws IOException {
        var task = local.task().orElseThrow();
        var execution = Execution.of(task);
        var user = execution.user().filter(name -> !Users.isMyself(name));
        if (user.isPresent()) {
            giveAllTo(user.get(), files.sandbox());
        }
        for (var mount : Mounts.of(task, work, volumes.of(local))) {
            mount(mount, files.sandbox(), user);
        }
        var brought = secrets.of(task);
        secrets.makeFiles(task);
        for (var file : brought.files().entrySet()) {
            mount(
                    new Mounts.Mount(file.getKey(), file.getValue(), true, true),
                    files.sandbox(),
                    user);
        }
        writeScript(task, files, brought);
        var name = WorkDir.name(task.taskId());
        var groups = isolation.cgroups().create(name, execution.resources(), execution.limits());
        files.writeCgroups(groups);

        var command = new ArrayList<>(session());
        command.addAll(List.of("/bin/sh", script(work).toString()));
        command.addAll(List.of(files.folder().toString(), files.sandbox().toString()));
        command.addAll(List.of(isolation.mode(), bootId, user.orElse("")));
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
    private void writeScript(AgentCommand.Task task, TaskFiles files, Brought brought)
            throws IOException {
        var script =
                LaunchScript.of(environment(task, brought), Execution.of(task).command(), true);
        if (brought.env().isEmpty()) {
            WorkDir.writeAtomically(files.launch(), script.getBytes(StandardCharsets.UTF_8));
        } else {
            Files.createSymbolicLink(files.launch(), secrets.writeScript(task, script));
        }
    }

    /// A link, so that it needs no right to mount.
    private static void mount(Mounts.Mount mount, Path sandbox, Optional<String> user)
            throws IOException {
        if (user.isPresent() && mount.ours()) {
            giveTo(user.get(), mount.folder());
        }
        var link = sandbox.resolve(mount.path());
        Files.createDirectories(link.getParent());
        // What was fetched may have put a link there.
        if (!link.getParent().toRealPath().startsWith(sandbox.toRealPath())) {
            throw new IOException("the path '%s' leaves the sandbox".formatted(mount.path()));
        }
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, mount.folder());
    }

    private List<String> session() {
        return sessions ? List.of("setsid") : List.of();
    }

    private static void giveAllTo(String user, Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var path : all.toList()) {
                giveTo(user, path);
            }
        }
    }

    private static void giveTo(String user, Path folder) throws IOException {
        var principal =
                folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setOwner(principal);
    }

    /// Runs a check's command as the task's user, in its sandbox, namespace and environment.
    Finding check(LocalTask local, String text, Duration timeout) {
        var task = local.task().orElseThrow();
        var files = files(task.taskId());
        var builder = new ProcessBuilder(checkCommand(Execution.of(task), files));
        Processes.clean(builder);
        try {
            var environment = environment(task, secrets.of(task));
            var script = LaunchScript.of(environment, List.of("/bin/sh", "-c", text), false);
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
            if (sessions) {
                Processes.killGroup(process.pid());
            }
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

    private List<String> checkCommand(Execution execution, TaskFiles files) {
        var command = new ArrayList<>(session());
        files.init()
                .filter(Processes.Identity::lives)
                .ifPresent(init ->
                        command.addAll(
                                List.of(
                                        "nsenter",
                                        "--target",
                                        Long.toString(init.pid()),
                                        "--pid",
                                        "--mount",
                                        "--wd=" + files.sandbox())));
        var other = execution.user().filter(name -> !Users.isMyself(name));
        command.addAll(
                other.map(user -> Users.runAs(user, "/bin/sh", EVALUATE))
                        .orElse(List.of("/bin/sh", "-c", EVALUATE)));
        return command;
    }
}
