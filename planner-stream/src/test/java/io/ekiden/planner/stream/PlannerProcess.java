package io.ekiden.planner.stream;

import static org.awaitility.Awaitility.await;

import io.ekiden.log.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A planner as a process of its own, so that it can be killed and paused.
final class PlannerProcess implements AutoCloseable {
    private final Process process;
    private final Path output;

    private PlannerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static PlannerProcess start(Path dir, String name, String bootstrap, Topics topics) {
        var output = dir.resolve(name + ".log");
        var logging = System.getProperty("logback.configurationFile", "");
        var command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + logging,
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlannerMain.class.getName(),
                        "--bootstrap-servers=" + bootstrap,
                        "--topic-prefix=" + topics.prefix(),
                        "--state-dir=" + dir.resolve(name),
                        "--session-timeout-ms=3000",
                        "--session-heartbeat-ms=500");
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            return new PlannerProcess(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitLine(String text) {
        await().atMost(Duration.ofSeconds(40)).until(() -> output().contains(text));
    }

    /// Whether it said last that it decides.
    boolean isActive() {
        return said("planner=active");
    }

    /// Whether it said last that it keeps the state warm.
    boolean isStandby() {
        return said("planner=standby");
    }

    private boolean said(String what) {
        var roles =
                output().lines()
                        .filter(line -> line.contains("planner=") || line.contains("standby="))
                        .toList();
        return !roles.isEmpty() && roles.getLast().contains(what);
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGKILL.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// Such as STOP and CONT.
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGTERM, and what it ended with.
    int end() {
        process.destroy();
        return process.onExit().join().exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
