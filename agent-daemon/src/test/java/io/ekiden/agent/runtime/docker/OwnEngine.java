package io.ekiden.agent.runtime.docker;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A Docker engine of a test's own, which may be killed. It lives in a network namespace of its
/// own: an engine that is told to have no bridge removes `docker0`, whosever that is.
final class OwnEngine implements AutoCloseable {
    private final Path dir;
    private Optional<Process> process = Optional.empty();

    /// @param dir short, since sockets are in it
    OwnEngine(Path dir) {
        this.dir = dir;
    }

    /// The folder in which an engine that was started [#startWithPlugins] looks for plugins.
    Path plugins() {
        return dir.resolve("plugins");
    }

    /// Those of a folder of its own, while the machine's engine has others.
    void startWithPlugins() throws IOException {
        Files.createDirectories(plugins());
        start(
                List.of(
                        "unshare",
                        "--net",
                        "--mount",
                        "sh",
                        "-c",
                        "mkdir -p /run/docker/plugins"
                                + " && mount --bind \"$0\" /run/docker/plugins && exec \"$@\"",
                        plugins().toString()));
    }

    String address() {
        return "unix://" + dir.resolve("docker.sock");
    }

    void start(String... options) {
        start(List.of("unshare", "--net"), options);
    }

    private void start(List<String> within, String... options) {
        var command = new ArrayList<>(within);
        command.addAll(
                List.of("dockerd", "--bridge=none", "--iptables=false", "--ip-forward=false"));
        command.addAll(List.of("--data-root", dir.resolve("root").toString()));
        command.addAll(List.of("--exec-root", dir.resolve("run").toString()));
        command.addAll(List.of("--pidfile", dir.resolve("pid").toString()));
        command.addAll(List.of("--host", address()));
        command.addAll(List.of(options));
        try {
            // The pids of the engine before; that of its containerd may be a zombie's.
            Files.deleteIfExists(dir.resolve("pid"));
            Files.deleteIfExists(dir.resolve("run/containerd/containerd.pid"));
            process =
                    Optional.of(
                            new ProcessBuilder(command)
                                    .redirectErrorStream(true)
                                    .redirectOutput(
                                            ProcessBuilder.Redirect.appendTo(
                                                    dir.resolve("log").toFile()))
                                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (var docker = DockerMachine.client(address())) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> docker.pingCmd().exec() == null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGTERM: it stops its containers first, unless it was told to let them live.
    void stop() {
        process.ifPresent(Process::destroy);
        await().atMost(Duration.ofSeconds(60)).until(() -> !process.orElseThrow().isAlive());
    }

    /// SIGKILL.
    void kill() {
        process.ifPresent(Process::destroyForcibly);
        await().until(() -> !process.orElseThrow().isAlive());
    }

    @Override
    public void close() {
        stop();
        // What it has mounted stays otherwise, and its folder with it.
        run("umount", "--lazy", dir.resolve("run/netns/default").toString());
        run("umount", "--lazy", dir.resolve("root").toString());
        run("rm", "-rf", dir.toString());
    }

    private static void run(String... command) {
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
