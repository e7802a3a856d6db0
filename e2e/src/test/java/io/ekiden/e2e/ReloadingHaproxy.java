package io.ekiden.e2e;

import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// An HAProxy as marathon-lb runs it: its configuration is made of the app's healthy tasks, and
/// whenever that changes a new process with the new one takes over from the old.
final class ReloadingHaproxy implements AutoCloseable {
    private static final int LOOK_MS = 100;

    private final RunningEkiden ekiden;
    private final String app;
    private final Path directory;
    private final int port = TestBroker.freePort();
    private final AtomicInteger reloads = new AtomicInteger();
    private final List<Process> processes = new ArrayList<>();
    private final Thread follower = new Thread(this::follow);
    private volatile boolean ended;

    private ReloadingHaproxy(RunningEkiden ekiden, String app, Path directory) {
        this.ekiden = ekiden;
        this.app = app;
        this.directory = directory;
    }

    static ReloadingHaproxy start(RunningEkiden ekiden, String app, Path directory)
            throws IOException {
        var haproxy = new ReloadingHaproxy(ekiden, app, directory);
        haproxy.reload(haproxy.servers());
        haproxy.follower.start();
        return haproxy;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    int reloads() {
        return reloads.get() - 1;
    }

    private void follow() {
        var known = servers();
        try {
            while (!ended) {
                Thread.sleep(LOOK_MS);
                var now = servers();
                if (!now.equals(known)) {
                    reload(now);
                    known = now;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String servers() {
        return ekiden.tasks(app).stream()
                .filter(task -> task.path("healthCheckResults").path(0).path("alive").asBoolean())
                .map(task -> task.path("ports").path(0).asInt())
                .sorted()
                .map(task -> "  server s%d 127.0.0.1:%d check inter 3s\n".formatted(task, task))
                .collect(Collectors.joining());
    }

    private void reload(String servers) throws IOException {
        var config =
                Files.writeString(
                        directory.resolve("haproxy-" + reloads.incrementAndGet() + ".cfg"),
                        """
                        defaults
                          mode http
                          timeout connect 3s
                          timeout client 60s
                          timeout server 60s
                          option redispatch
                        listen web
                          bind 127.0.0.1:%d
                          balance roundrobin
                        %s\
                        """
                                .formatted(port, servers));
        var command = new ArrayList<>(List.of("haproxy", "-db", "-f", config.toString()));
        processes.stream()
                .filter(Process::isAlive)
                .reduce((_, last) -> last)
                .ifPresent(last -> command.addAll(List.of("-sf", Long.toString(last.pid()))));
        processes.add(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("haproxy.log").toFile())
                        .start());
    }

    @Override
    public void close() {
        ended = true;
        try {
            follower.join();
            for (var process : processes) {
                process.destroy();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
