package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Precondition;
import io.ekiden.model.PathId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionsTest {
    private static final Change DELETE = new Change.DeleteApp(PathId.of("/web"));

    private static Optional<Precondition> read(List<String> ifMatch, List<String> ifNoneMatch) {
        return ((Preconditions.Read.Ok) Preconditions.of(DELETE, ifMatch, ifNoneMatch))
                .precondition();
    }

    @Test
    void withoutTheHeadersThereIsNone() {
        assertThat(read(List.of(), List.of())).isEmpty();
    }

    @Test
    void aListIsOneInAllItsLines() {
        var read = read(List.of("\"a\", \"b\"", "\"c\""), List.of());

        assertThat(read)
                .contains(
                        new Precondition(
                                Precondition.Kind.APP_OR_POD,
                                PathId.of("/web"),
                                Optional.of(List.of("a", "b", "c")),
                                Optional.empty()));
    }

    /// RFC 9110: a strong comparison for the one, a weak one for the other.
    @Test
    void aWeakTagMatchesNothingAndRulesOut() {
        var read = read(List.of("W/\"a\""), List.of("W/\"b\"")).orElseThrow();

        assertThat(read.match()).contains(List.of());
        assertThat(read.noneMatch()).contains(List.of("b"));
    }

    @Test
    void aStarIsAny() {
        assertThat(read(List.of(" * "), List.of()).orElseThrow().match())
                .contains(List.of(Precondition.ANY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "\"a", "\"a\",", "\"*\"", "*, \"a\"", "w/\"a\"", "\"a\" \"b\""})
    void whatIsNoListOfTagsIsRefused(String header) {
        var read = Preconditions.of(DELETE, List.of(header), List.of());

        assertThat(((Preconditions.Read.Wrong) read).answer().status()).isEqualTo(400);
    }

    @Test
    void whatIsAboutNoneOrSeveralCannotHaveOne() {
        for (var change :
                List.of(
                        new Change.PromoteDeployment("d"),
                        new Change.UpdateApps(List.of(), true, true))) {
            var read = Preconditions.of(change, List.of("*"), List.of());
            assertThat(((Preconditions.Read.Wrong) read).answer().status()).isEqualTo(400);
        }
    }
}
