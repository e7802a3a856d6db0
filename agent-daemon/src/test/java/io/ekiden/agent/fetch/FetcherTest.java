package io.ekiden.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.fetch.Fetcher.Outcome;
import io.ekiden.model.Artifact;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Artifacts from a real server on loopback.
final class FetcherTest {
    private static final Limits SMALL =
            new Limits(
                    100_000,
                    100,
                    10,
                    Duration.ofSeconds(2),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(20));

    @TempDir Path dir;

    private final FileServer server = new FileServer();
    private final List<String> progress = new ArrayList<>();
    private Path sandbox = Path.of("");

    @BeforeEach
    void makeSandbox() throws IOException {
        sandbox = Files.createDirectory(dir.resolve("sandbox"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Fetcher fetcher() {
        return new Fetcher(
                dir.resolve("cache"), new Fetcher.Allowed(true, Optional.empty()), SMALL);
    }

    private Outcome fetch(Artifact... artifacts) {
        return fetch(fetcher(), artifacts);
    }

    private Outcome fetch(Fetcher fetcher, Artifact... artifacts) {
        var given = Given.cmd("true");
        List.of(artifacts).forEach(given::fetch);
        return fetcher.fetch(given.task(), sandbox, () -> false, progress::add);
    }

    private static Artifact file(String uri) {
        return new Artifact(uri, true, false, false, Optional.empty());
    }

    private static Artifact at(String uri, String destPath) {
        return new Artifact(uri, true, false, false, Optional.of(destPath));
    }

    private static Artifact cached(String uri) {
        return new Artifact(uri, true, false, true, Optional.empty());
    }

    private static void assertFailed(Outcome outcome, String... texts) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed) outcome).reason()).contains(texts);
    }

    @Test
    void aFileHasTheNameOfItsUriOrTheOneThatIsAskedFor() {
        var uri = server.put("/a/config.json?version=2", "{}");

        assertThat(fetch(file(uri), at(uri, "etc/app/c.json"))).isEqualTo(new Outcome.Done());

        assertThat(sandbox.resolve("config.json")).hasContent("{}");
        assertThat(sandbox.resolve("etc/app/c.json")).hasContent("{}");
        assertThat(progress.getFirst()).startsWith("fetching http://127.0.0.1:").endsWith(".json");
    }

    @Test
    void whatIsExecutableCanBeExecuted() {
        var uri = server.put("/run", "#!/bin/sh\n");
        assertThat(fetch(new Artifact(uri, true, true, false, Optional.empty())))
                .isEqualTo(new Outcome.Done());
        assertThat(sandbox.resolve("run")).isExecutable();
    }

    @Test
    void ofSeveralFilesOfOneNameTheLastIsThere() {
        var one = server.put("/1/x", "one");
        var two = server.put("/2/x", "two");
        assertThat(fetch(file(one), file(two))).isEqualTo(new Outcome.Done());
        assertThat(sandbox.resolve("x")).hasContent("two");
    }

    @Test
    void aFailureNamesTheUriWithoutItsSecrets() {
        var uri = server.uri("/missing?signature=s3cret").replace("http://", "http://zoe:pw@");

        var outcome = fetch(file(uri));

        assertFailed(outcome, "cannot fetch http://127.0.0.1:", "/missing: ", "404");
        assertThat(outcome.toString()).doesNotContain("s3cret", "zoe", "pw");
    }

    @Test
    void afterAFailureNothingMoreIsFetched() {
        var next = server.put("/next", "x");
        assertFailed(fetch(file(server.uri("/missing")), file(next)), "/missing");
        assertThat(sandbox.resolve("next")).doesNotExist();
    }

    @Test
    void userAndPasswordAreForTheFirstServerAlone() {
        server.put("/there", "x");
        var uri = server.redirect("/here", "/there").replace("http://", "http://ann:pw@");

        assertThat(fetch(file(uri))).isEqualTo(new Outcome.Done());

        assertThat(sandbox.resolve("here")).hasContent("x");
        assertThat(server.credentials()).containsExactly("Basic YW5uOnB3", "");
    }

    @Test
    void redirectsEndSometime() {
        assertFailed(fetch(file(server.redirect("/round", "/round"))), "redirects");
        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/y", "::"})
    void redirectsLeadToWebServersOnly(String location) {
        assertFailed(fetch(file(server.redirect("/x", location))), "redirects to");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/x",
                "http://[fe80::1]/x",
                "http://0.0.0.0/x",
                "http://224.0.0.1/x"
            })
    void nobodyIsAskedWhereNoServerIs(String uri) {
        assertFailed(fetch(file(uri)), "no allowed address");
        assertFailed(fetch(file(server.redirect("/x", uri))), "no allowed address");
    }

    @Test
    void whereContainersHaveWallsTheLoopbackOfTheMachineIsBehindThem() {
        var walled =
                new Fetcher(
                        dir.resolve("cache"), new Fetcher.Allowed(false, Optional.empty()), SMALL);
        assertFailed(fetch(walled, file(server.put("/x", "x"))), "no allowed address");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void noRedirectLeadsFromElsewhereToLoopback() throws IOException {
        var download = new Download(SMALL, true);
        assertThat(download.resolve("127.0.0.1")).hasSize(1);
        download.arrived();
        assertThat(download.resolve("127.0.0.1")).hasSize(1);
        assertThat(download.resolve("10.1.2.3")).containsExactly(ip("10.1.2.3"));
        download.arrived();
        assertThat(resolves(download, "127.0.0.1")).isFalse();
    }

    private static InetAddress ip(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private static boolean resolves(Download download, String host) {
        try {
            return download.resolve(host).length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Test
    void aFileThatIsTooLargeIsNot() {
        assertFailed(fetch(file(server.put("/x", new byte[100_001]))), "too large");
        assertThat(fetch(file(server.put("/x", new byte[100_000])))).isEqualTo(new Outcome.Done());
    }

    @Test
    void aServerThatFallsSilentIsGivenUp() {
        assertFailed(fetch(file(server.uri("/stalled"))), "timed out");
    }

    @Test
    void aTaskThatIsNotWantedAnyMoreWaitsForNobody() {
        var patient =
                new Fetcher(dir.resolve("cache"), new Fetcher.Allowed(true, Optional.empty()));
        var task = Given.cmd("true").fetch(file(server.uri("/stalled"))).task();
        var stopped = new AtomicBoolean();
        var outcome =
                CompletableFuture.supplyAsync(
                        () -> patient.fetch(task, sandbox, stopped::get, progress::add));
        await().until(() -> !server.requests().isEmpty());

        stopped.set(true);

        await().atMost(Duration.ofSeconds(4)).until(outcome::isDone);
        assertThat(outcome).isCompletedWithValue(new Outcome.Stopped());
    }

    @Test
    void whatIsCachedIsFetchedOnce() {
        var fetcher = fetcher();
        var uri = server.put("/x", "x");

        assertThat(fetch(fetcher, cached(uri))).isEqualTo(new Outcome.Done());
        assertThat(fetch(fetcher, cached(uri))).isEqualTo(new Outcome.Done());

        assertThat(server.requests()).hasSize(1);
        assertThat(sandbox.resolve("x")).hasContent("x");
    }

    @Test
    void whatCouldNotBeFetchedIsNotCached() {
        assertFailed(fetch(cached(server.uri("/x"))), "404");
        assertThat(fetch(cached(server.put("/x", "x")))).isEqualTo(new Outcome.Done());
        assertThat(sandbox.resolve("x")).hasContent("x");
    }

    @Test
    void theCacheKeepsWhatWasAskedForLast() throws IOException, InterruptedException {
        var now = new AtomicLong();
        var cache =
                new Cache(
                        dir.resolve("cache"),
                        25,
                        () -> Instant.ofEpochSecond(now.getAndIncrement()));
        var asked = new ArrayList<String>();
        for (var uri : List.of("a", "b", "c", "b", "a")) {
            var to = dir.resolve("to-" + asked.size() + "-" + uri + System.nanoTime());
            cache.copy(
                    uri,
                    to,
                    file -> {
                        asked.add(uri);
                        Files.write(file, new byte[10]);
                    });
            assertThat(to).hasSize(10);
        }
        assertThat(asked).containsExactly("a", "b", "c", "a");
    }

    @Test
    void filesOfTheMachineAreThoseThatTheOperatorAllows() throws IOException {
        var files = Files.createDirectory(dir.resolve("files"));
        Files.writeString(files.resolve("x"), "x");
        Files.writeString(dir.resolve("secret"), "s");
        Files.createSymbolicLink(files.resolve("way-out"), dir.resolve("secret"));
        var allowing =
                new Fetcher(
                        dir.resolve("cache"), new Fetcher.Allowed(true, Optional.of(files)), SMALL);

        assertThat(fetch(allowing, file("file://" + files + "/x"))).isEqualTo(new Outcome.Done());
        assertThat(sandbox.resolve("x")).hasContent("x");
        for (var path : List.of("/way-out", "/../secret", "/%2e%2e/secret")) {
            assertFailed(fetch(allowing, at("file://" + files + path, "y")), "none of the files");
        }
        assertFailed(fetch(file("file://" + files + "/x")), "no files to fetch");
    }
}
