package io.ekiden.standalone;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// The life of a standalone process: start, deploy, run until a signal, stop. The first SIGINT or
/// SIGTERM stops the tasks and then Ekiden; a second one ends the process at once and leaves the
/// tasks running.
final class Foreground {
    /// Tools that stop a process often signal it and its group: that is still the first time.
    private static final Duration REPEATED = Duration.ofMillis(500);

    private final Terminal terminal;
    private final DataDirectory directory;
    private final FileLock lock;
    private final boolean detachedChild;
    private final CountDownLatch stop = new CountDownLatch(1);

    /// @param lock on the directory; held here, because a lock that nobody refers to is given back
    Foreground(Terminal terminal, DataDirectory directory, FileLock lock, boolean detachedChild) {
        this.terminal = terminal;
        this.directory = directory;
        this.lock = lock;
        this.detachedChild = detachedChild;
    }

    int run(Standalone.Settings settings, List<Definitions> definitions, Duration timeout)
            throws CommandFailure, IOException, InterruptedException {
        handleSignals();
        EmbeddedBroker.onFatal(this::brokerEnded);
        try (var standalone = Standalone.start(settings, terminal::progress)) {
            var instance = standalone.instance();
            instance.write(directory.instanceFile());
            terminal.result(instance.readyLine());
            var deployment =
                    Thread.ofPlatform()
                            .name("deployer")
                            .start(() -> deploy(settings, instance, definitions, timeout));
            var watch = Thread.ofVirtual().start(() -> endOnTrouble(standalone));
            stop.await();
            watch.interrupt();
            deployment.interrupt();
            deployment.join();
            boolean keepTasks = directory.isAskedToKeepTasks();
            terminal.progress(
                    keepTasks
                            ? "stopping; tasks run on"
                            : "stopping the tasks (once more to leave them running)");
            standalone.leave(keepTasks);
        }
        directory.forgetInstance();
        lock.release();
        terminal.say("stopped");
        return ExitCode.ENDED_AS_ASKED;
    }

    private void deploy(
            Standalone.Settings settings,
            Instance instance,
            List<Definitions> definitions,
            Duration timeout) {
        int exitCode;
        try (var api = settings.api(instance.api())) {
            exitCode = new Deployer(api, instance, terminal).deploy(definitions, timeout);
        } catch (InterruptedException e) {
            return;
        } catch (IOException e) {
            terminal.say("cannot deploy: " + e.getMessage());
            exitCode = ExitCode.FAILED;
        }
        if (!detachedChild) {
            terminal.say(
                    (exitCode == ExitCode.ENDED_AS_ASKED ? "" : "not everything is healthy; ")
                            + "Ctrl-C stops Ekiden and its tasks");
            return;
        }
        Detached.done(exitCode);
    }

    private void handleSignals() {
        var first = new AtomicLong();
        Signals.handle(
                List.of("INT", "TERM", "HUP"),
                name -> {
                    long now = System.nanoTime();
                    if (first.compareAndSet(0, now)) {
                        stop.countDown();
                    } else if (now - first.get() > REPEATED.toNanos() && !name.equals("HUP")) {
                        terminal.say("ended at once; tasks run on");
                        Runtime.getRuntime().halt(ExitCode.FAILED);
                    }
                });
    }

    private void endOnTrouble(Standalone standalone) {
        try {
            var trouble = standalone.awaitTrouble();
            if (stop.getCount() > 0) {
                terminal.say("%s; tasks run on; see %s".formatted(trouble, directory.log()));
                Runtime.getRuntime().halt(ExitCode.FAILED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void brokerEnded(String reason) {
        terminal.say(
                "the embedded Kafka broker has ended (%s; is the disk of %s full?); tasks run on; see %s"
                        .formatted(reason, directory.path(), directory.log()));
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }
}
