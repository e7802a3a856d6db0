package io.ekiden.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The cluster that `docker-compose.yml` describes, under a project name, on addresses and with
/// work directories of its own, so that others on this machine are not met. [#close] leaves nothing
/// of it, and keeps what the containers have logged.
final class Compose implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> IMAGES =
            Stream.of("planner-stream", "api-gateway", "agent-daemon", "lb-proxy")
                    .map("ekiden/%s:local"::formatted)
                    .toList();

    private final String project = "ekiden-it-" + ProcessHandle.current().pid();
    private final List<String> command = command();
    private final String network = randomNetwork();
    private final Path work;
    private final List<String> imagesBefore;

    /// @param work on this machine as the engine sees it
    Compose(Path work) {
        this.work = work;
        this.imagesBefore = IMAGES.stream().filter(Compose::exists).toList();
    }

    private static List<String> command() {
        return succeeds("docker", "compose", "version")
                ? List.of("docker", "compose")
                : List.of("docker-compose");
    }

    /// Of the 16 million addresses of loopback.
    private static String randomNetwork() {
        var random = ThreadLocalRandom.current();
        return "127.%d.%d.".formatted(random.nextInt(64, 256), random.nextInt(256));
    }

    /// @param machine 1 or 2
    String host(int machine) {
        return network + machine;
    }

    String bootstrapServers() {
        return "%1$s:29092,%1$s:29093,%1$s:29094".formatted(host(1));
    }

    /// Builds the images and starts everything; returns when every container was started.
    void up() {
        compose("up", "-d", "--build");
    }

    /// SIGKILL for all of them at once; none is started again.
    void kill(List<String> services) {
        var kill = new ArrayList<>(List.of("docker", "kill", "-s", "KILL"));
        services.forEach(service -> kill.add(container(service)));
        output(kill);
    }

    String logs(String service) {
        return output(List.of("docker", "logs", container(service)));
    }

    private String container(String service) {
        return compose("ps", "-q", service).strip();
    }

    private String compose(String... args) {
        var all = new ArrayList<>(command);
        all.addAll(List.of("-p", project, "-f", Launcher.ROOT.resolve("docker-compose.yml") + ""));
        all.addAll(List.of(args));
        return output(all);
    }

    /// What of it is still there.
    List<String> leftovers() {
        var label = "label=com.docker.compose.project=" + project;
        return Stream.of(
                        output(List.of("docker", "ps", "-aq", "--filter", label)),
                        output(List.of("docker", "volume", "ls", "-q", "--filter", label)),
                        output(List.of("docker", "network", "ls", "-q", "--filter", label)))
                .flatMap(String::lines)
                .toList();
    }

    @Override
    public void close() {
        try {
            keepLogs();
        } finally {
            compose("down", "-v", "--remove-orphans", "-t", "5");
            removeImages();
            removeWork();
        }
    }

    private void removeImages() {
        IMAGES.stream()
                .filter(Compose::exists)
                .filter(Predicate.not(imagesBefore::contains))
                .forEach(image -> output(List.of("docker", "image", "rm", image)));
    }

    /// What the agents wrote belongs to root, as they run as root in their containers.
    private void removeWork() {
        var mount = work + ":/work";
        output(
                List.of(
                        "docker",
                        "run",
                        "--rm",
                        "--network",
                        "none",
                        "-v",
                        mount,
                        "busybox:local",
                        "sh",
                        "-c",
                        "rm -rf /work/*"));
    }

    private void keepLogs() {
        try {
            var kept = Launcher.ROOT.resolve("e2e/target/logs");
            Files.createDirectories(kept);
            Files.writeString(
                    kept.resolve("compose.log"), compose("logs", "--no-color", "--timestamps"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean exists(String image) {
        return succeeds("docker", "image", "inspect", image);
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Both streams.
    private String output(List<String> words) {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment()
                .putAll(
                        Map.of(
                                "EKIDEN_HOST_1", host(1),
                                "EKIDEN_HOST_2", host(2),
                                "EKIDEN_WORK_DIR", work.toString()));
        try {
            var file = Files.createTempFile("compose", ".out");
            var process = builder.redirectOutput(file.toFile()).start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            int exit = process.waitFor();
            var said = Files.readString(file, StandardCharsets.UTF_8);
            Files.delete(file);
            if (exit != 0) {
                throw new IllegalStateException(
                        "%s ended with %d: %s".formatted(words, exit, said));
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
