package io.ekiden.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/// A running standalone as `ekiden.json` in its data directory describes it.
///
/// @param started when the process began, in milliseconds of the epoch: with the pid it names the
///   process, whose number may by now be another's
/// @param dnsPort 0: names are not served
/// @param httpsPort,appIdPort of the load balancer; 0: none
/// @param api,lb,ui URLs
/// @param kafka bootstrap servers
record Instance(
        long pid,
        long started,
        int port,
        int lbPort,
        int adminPort,
        int dnsPort,
        int httpsPort,
        int appIdPort,
        int kafkaPort,
        String servicePorts,
        String api,
        String lb,
        String ui,
        String kafka,
        String data) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The system rounds start times, and moves them a little when the clock is set.
    private static final long START_TOLERANCE_MS = 5_000;

    /// Whole or not at all.
    void write(Path file) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(
                draft, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Empty when there is none or it cannot be read.
    static Optional<Instance> read(Path file) {
        try {
            return Optional.of(JSON.readValue(file.toFile(), Instance.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Its process, if that still runs.
    Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(handle ->
                        handle.info()
                                .startInstant()
                                .map(this::isStart)
                                // Where the system tells no start times, the lock decides.
                                .orElse(true));
    }

    private boolean isStart(Instant start) {
        return Math.abs(start.toEpochMilli() - started) <= START_TOLERANCE_MS;
    }

    /// The line that scripts wait for.
    String readyLine() {
        return "ekiden ready api=%s lb=%s ui=%s data=%s".formatted(api, lb, ui, data);
    }

    /// Start time of this very process.
    static long ownStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .orElseGet(System::currentTimeMillis);
    }

    /// URL of a service port.
    static String url(String host, int port) {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
