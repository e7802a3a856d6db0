package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.e2e.GuidePage.Step;
import io.ekiden.model.PortRange;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Follows every page of the guide, command by command, in a shell, and sees what the page says
/// that one sees. Only the ports differ from the page's. At the end the journal is decided again.
@NeedsProgram({"bash", "busybox", "curl", "jq", "openssl", "python3"})
final class GuideIT {
    private static final Path GUIDE = Launcher.ROOT.resolve("docs/guide");
    private static final Path DOCKER_CONTAINERS = GUIDE.resolve("docker-containers.md");
    private static final Path EXTERNAL_VOLUMES = GUIDE.resolve("external-volumes.md");
    private static final Path MARATHONS_TOOLS = GUIDE.resolve("marathon-tools.md");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(200);

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private final int firstPort = RunningEkiden.freeBlock();

    static Stream<GuidePage> pages() throws IOException {
        try (var files = Files.list(GUIDE)) {
            var pages =
                    files.filter(file -> file.toString().endsWith(".md"))
                            .filter(file -> !file.endsWith("README.md"))
                            .filter(file -> !file.equals(DOCKER_CONTAINERS))
                            .filter(file -> !file.equals(EXTERNAL_VOLUMES))
                            .filter(file -> !file.equals(MARATHONS_TOOLS))
                            .sorted()
                            .toList();
            return pages.stream().map(GuideIT::page);
        }
    }

    private static GuidePage page(Path file) {
        try {
            return GuidePage.read(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @NeedsProgram({"prometheus", "/usr/lib/python3/dist-packages/marathon"})
    void thePageOfMarathonsToolsShowsWhatOneSees() throws Exception {
        thePageShowsWhatOneSees(page(MARATHONS_TOOLS));
    }

    @Test
    @NeedsDocker(images = "busybox:local")
    void thePageOfDockerContainersShowsWhatOneSees() throws Exception {
        thePageShowsWhatOneSees(page(DOCKER_CONTAINERS));
    }

    @Test
    @NeedsDocker(images = "busybox:local")
    void thePageOfExternalVolumesShowsWhatOneSees() throws Exception {
        thePageShowsWhatOneSees(page(EXTERNAL_VOLUMES));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void thePageShowsWhatOneSees(GuidePage page) throws Exception {
        assertThat(page.steps()).isNotEmpty();
        launcher();
        try {
            for (var step : page.steps()) {
                switch (step) {
                    case Step.File(var name, var content) ->
                            Files.writeString(directory.resolve(name), toOwnPorts(content));
                    case Step.Command command -> {
                        if (command.line().startsWith("./ekiden down")) {
                            theJournalIsDecidedAgainWithoutADifference();
                        }
                        follow(command);
                    }
                }
            }
            assertThat(runs()).as("the page ends what it has begun").isFalse();
        } finally {
            run("./ekiden down");
        }
    }

    /// The page's `./ekiden`, with data and ports of the test's own.
    private void launcher() throws IOException {
        var script =
                """
                #!/bin/sh
                command=$1
                shift
                own=
                if [ "$command" = up ]; then
                  own='--port=0 --lb-port=0 --admin-port=0 --dns-port=0 --kafka-port=0 --service-ports=%d-%d'
                fi
                exec '%s' "$command" --data-dir '%s' $own "$@"
                """
                        .formatted(
                                firstPort,
                                firstPort + 99,
                                Launcher.ROOT.resolve("ekiden"),
                                directory.resolve("data"));
        var file = Files.writeString(directory.resolve("ekiden"), script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Shown(int exitCode, String text) {}

    private void follow(Step.Command command) throws Exception {
        if (command.looks()) {
            await().atMost(PATIENCE)
                    .pollInterval(PAUSE)
                    .untilAsserted(() -> shows(command, run(command.line())));
        } else {
            shows(command, run(command.line()));
        }
    }

    private static void shows(Step.Command command, Shown shown) {
        assertThat(shown.exitCode() == 0 && command.prints(shown.text()))
                .as(
                        "$ %s%nexit code %d, prints%n%s%nbut the page has%n%s",
                        command.line(),
                        shown.exitCode(),
                        shown.text(),
                        String.join("\n", command.output()))
                .isTrue();
    }

    /// What the page prints on stdout; remarks on stderr are for people.
    private Shown run(String line) throws Exception {
        var builder =
                new ProcessBuilder("bash", "-o", "pipefail", "-c", toOwnPorts(line))
                        .directory(directory.toFile())
                        .redirectOutput(directory.resolve("shown").toFile())
                        .redirectError(
                                ProcessBuilder.Redirect.appendTo(
                                        directory.resolve("remarks").toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("EKIDEN_BUILD", "never");
        var process = builder.start();
        if (!process.waitFor(150, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("does not end: " + line);
        }
        var text = Files.readString(directory.resolve("shown"), StandardCharsets.UTF_8);
        return new Shown(process.exitValue(), toPagesPorts(text));
    }

    private JsonNode instance() throws IOException {
        return new ObjectMapper().readTree(directory.resolve("data/ekiden.json").toFile());
    }

    private boolean runs() {
        return Files.exists(directory.resolve("data/ekiden.json"));
    }

    /// 8053, 8080, 9080, 9090, 9091 and 9443 are Ekiden's, 10000 to 10099 the services'.
    private String toOwnPorts(String text) throws IOException {
        var own =
                Pattern.compile("\\b100(\\d\\d)\\b")
                        .matcher(text)
                        .replaceAll(port -> "" + (firstPort + Integer.parseInt(port.group(1))));
        return runs()
                ? own.replace("http://127.0.0.1:8080", instance().path("api").asText())
                        .replace("127.0.0.1:8053", own("dnsPort"))
                        .replace("127.0.0.1:9080", own("lbPort"))
                        .replace("127.0.0.1:9090", own("adminPort"))
                        .replace("127.0.0.1:9091", own("appIdPort"))
                        .replace("127.0.0.1:9443", own("httpsPort"))
                : own.replaceAll("--(https|app-id)-port [0-9]+", "--$1-port 0");
    }

    private String own(String port) throws IOException {
        return "127.0.0.1:" + instance().path(port).asInt();
    }

    private String toPagesPorts(String text) throws IOException {
        var pages =
                Pattern.compile("\\b(\\d{5})\\b")
                        .matcher(text)
                        .replaceAll(number -> {
                            int offset = Integer.parseInt(number.group(1)) - firstPort;
                            return offset >= 0 && offset < 100
                                    ? "" + (10_000 + offset)
                                    : number.group(1);
                        });
        return runs()
                ? pages.replace(instance().path("api").asText(), "http://127.0.0.1:8080")
                : pages;
    }

    private void theJournalIsDecidedAgainWithoutADifference() throws Exception {
        var journal = Journal.read(instance().path("kafka").asText());
        assertThat(journal.entries()).isNotEmpty();
        assertThat(journal.differences(new PortRange(firstPort, firstPort + 99)))
                .isEqualTo(List.of());
    }
}
