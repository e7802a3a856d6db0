package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.App;
import io.ekiden.model.Artifact;
import io.ekiden.model.PathId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactJsonTest {
    private static final PathId WEB = PathId.of("/web");

    private static Parsed<App> read(String fields) {
        return AppJson.read(WEB, Json.object("{'cmd': 'x', %s}".formatted(fields)));
    }

    private static App app(String fields) {
        return Json.value(read(fields));
    }

    @Test
    void whatIsNotGivenHasMarathonsDefault() {
        assertThat(app("'fetch': [{'uri': 'http://x/y'}]").fetch())
                .containsExactly(new Artifact("http://x/y", true, false, false, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "http://x/a.tgz, true",
        "http://x/a.tar.bz2, true",
        "http://x/a.zip, true",
        "http://x/a.tar, false",
        "http://x/a.jar, false"
    })
    void theOldFormUnpacksArchives(String uri, boolean archive) {
        assertThat(app("'uris': ['%s']".formatted(uri)).fetch())
                .containsExactly(new Artifact(uri, archive, false, false, Optional.empty()));
    }

    @Test
    void bothFormsTogetherAreRefused() {
        assertThat(Json.problems(read("'uris': ['http://x/a'], 'fetch': [{'uri': 'http://x/a'}]")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo("/");
                    assertThat(problem.errors())
                            .containsExactly("cannot specify both uris and fetch fields");
                });
        assertThat(app("'uris': [], 'fetch': [{'uri': 'http://x/a'}]").fetch()).hasSize(1);
    }

    @Test
    void anUpdateInTheOldFormReplacesWhatWasThere() {
        var current = app("'fetch': [{'uri': 'http://x/a'}]");
        var merged = AppJson.merge(current, Json.object("{'uris': ['http://x/b']}"), true);
        assertThat(Json.value(merged).fetch().stream().map(Artifact::uri))
                .containsExactly("http://x/b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://x/y",
                "gopher://x/y",
                "jar:http://x/y!/z",
                "/etc/passwd",
                "x/y",
                "http:x",
                "http:///y",
                "http://0x7f.1/y",
                "http://a b/y",
                "http://user@evil#@ok",
                "http://x/",
                "http://x",
                "http://x/..",
                "file:///"
            })
    void aUriThatCannotBeFetchedIsNamed(String uri) {
        assertThat(Json.problems(read("'fetch': [{'uri': '%s'}]".formatted(uri))))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("/fetch(0)/uri"));
        assertThat(Json.problems(read("'uris': ['%s']".formatted(uri))))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("/uris(0)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/x", "../x", "a/../../x", "a//b", ".", "a/"})
    void aPathOutsideOfTheSandboxIsNamed(String path) {
        var fetch = "'fetch': [{'uri': 'http://x/', 'destPath': '%s'}]".formatted(path);
        assertThat(Json.problems(read(fetch)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("/fetch(0)/destPath"));
    }

    @Test
    void theFormOfEachFieldIsChecked() {
        var problems =
                Json.problems(
                        read(
                                "'fetch': [{}, {'uri': ''}, {'uri': '%s'}, {'uri': 'http://x/y', 'cache': 1}]"
                                        .formatted("http://x/" + "y".repeat(1024))));
        assertThat(problems.stream().map(problem -> problem.path()))
                .isEqualTo(
                        List.of(
                                "/fetch(0)/uri",
                                "/fetch(1)/uri",
                                "/fetch(2)/uri",
                                "/fetch(3)/cache"));
        assertThat(problems).allMatch(problem -> problem.ofForm());
    }

    @Test
    void messagesHaveNoSecretsOfAUri() {
        var artifact =
                new Artifact(
                        "https://ann:pw@h:81/a/b.tgz?key=s#f",
                        true,
                        false,
                        false,
                        Optional.empty());
        assertThat(artifact.publicUri()).isEqualTo("https://h:81/a/b.tgz");
        assertThat(artifact.path()).isEqualTo("b.tgz");
    }
}
