package io.ekiden.proxy;

import static org.awaitility.Awaitility.await;

import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An HAProxy with one frontend for each backend, as it is without options that relax anything.
final class Haproxy implements AutoCloseable {
    private final Process process;
    private final List<Integer> ports = new ArrayList<>();

    Haproxy(Path folder, List<Integer> backends, Duration patience) throws IOException {
        var config = new StringBuilder();
        config.append("global\n  maxconn 1000\n");
        config.append("defaults\n  mode http\n  timeout connect 5s\n  timeout server 5s\n");
        config.append("  timeout client %dms\n".formatted(patience.toMillis()));
        config.append("  timeout http-request %dms\n".formatted(patience.toMillis()));
        config.append("  timeout http-keep-alive %dms\n".formatted(patience.toMillis()));
        config.append("  http-reuse never\n  option forwardfor\n  retries 0\n");
        for (int backend : backends) {
            int port = TestBroker.freePort();
            ports.add(port);
            config.append("listen l%d\n  bind 127.0.0.1:%1$d\n".formatted(port));
            config.append("  server s 127.0.0.1:%d\n".formatted(backend));
        }
        var file = Files.writeString(folder.resolve("haproxy.cfg"), config);
        var log = folder.resolve("haproxy.log").toFile();
        process =
                new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log)
                        .start();
        await().ignoreExceptions()
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(Files.readString(log.toPath()));
                    }
                    Raw.open(ports.getLast()).close();
                    return true;
                });
    }

    /// In front of the n-th backend.
    int port(int n) {
        return ports.get(n);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
