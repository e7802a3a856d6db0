package io.ekiden.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `ekiden down`: stops the standalone of a data directory and waits until it has ended. Succeeds
/// when none runs.
@Command(
        name = "down",
        description = "Stop the Ekiden of a data directory, and its tasks.",
        mixinStandardHelpOptions = true,
        versionProvider = StandaloneMain.Version.class)
final class DownCommand implements Callable<Integer> {
    /// Tasks may take their grace period, each up to minutes.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// Between taking the directory and writing `ekiden.json` a starting process needs this long.
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private static final long POLL_MS = 100;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".ekiden",
            description = "Where it keeps its data (default: ./.ekiden).")
    private Path dataDir;

    @Option(
            names = "--keep-tasks",
            description = "Leave the tasks running; the next up adopts them.")
    private boolean keepTasks;

    private final Terminal terminal;

    DownCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure, IOException, InterruptedException {
        var directory = DataDirectory.of(dataDir);
        if (!directory.taken()) {
            terminal.say("nothing runs in " + directory.path());
            return ExitCode.ENDED_AS_ASKED;
        }
        var process = processOf(directory);
        if (keepTasks) {
            directory.askToKeepTasks();
        }
        if (!process.destroy()) {
            throw CommandFailure.failed("cannot stop process " + process.pid());
        }
        terminal.progress(
                keepTasks ? "stopping, tasks run on" : "stopping tasks and Ekiden itself");
        try {
            process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw CommandFailure.failed(
                    "process %d has not ended after %d s"
                            .formatted(process.pid(), PATIENCE.toSeconds()));
        }
        terminal.say("stopped");
        return ExitCode.ENDED_AS_ASKED;
    }

    /// The directory is taken, so whoever wrote `ekiden.json` last has it, once it is written.
    private static ProcessHandle processOf(DataDirectory directory)
            throws CommandFailure, InterruptedException {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            var process = directory.instance().flatMap(Instance::process);
            if (process.isPresent()) {
                return process.get();
            }
            Thread.sleep(POLL_MS);
        }
        throw CommandFailure.failed(
                "some process has %s, but does not say which (no valid ekiden.json)"
                        .formatted(directory.path()));
    }
}
