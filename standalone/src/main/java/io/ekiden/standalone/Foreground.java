package io.ekiden.standalone;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// The life of a standalone process: start, deploy, run until a signal, stop. The first SIGINT or
/// SIGTERM stops the tasks and then Ekiden; a second one ends the process at once and leaves the
/// tasks running.
final class Foreground {
    private final Terminal terminal;
    private final DataDirectory directory;
    private final boolean detachedChild;
    private final CountDownLatch stop = new CountDownLatch(1);

    Foreground(Terminal terminal, DataDirectory directory, boolean detachedChild) {
        this.terminal = terminal;
        this.directory = directory;
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
                            .start(() -> deploy(instance, definitions, timeout));
            stop.await();
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
        terminal.say("stopped");
        return ExitCode.ENDED_AS_ASKED;
    }

    private void deploy(Instance instance, List<Definitions> definitions, Duration timeout) {
        int exitCode;
        try (var api = new Api(instance.api())) {
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
        var received = new AtomicInteger();
        Signals.handle(
                List.of("INT", "TERM", "HUP"),
                name -> {
                    if (received.getAndIncrement() == 0) {
                        stop.countDown();
                    } else if (!name.equals("HUP")) {
                        terminal.say("ended at once; tasks run on");
                        Runtime.getRuntime().halt(ExitCode.FAILED);
                    }
                });
    }

    private void brokerEnded(String reason) {
        if (stop.getCount() == 0) {
            return;
        }
        terminal.say(
                "the embedded Kafka broker has ended (%s; is the disk of %s full?); tasks run on; see %s"
                        .formatted(reason, directory.path(), directory.log()));
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }
}
