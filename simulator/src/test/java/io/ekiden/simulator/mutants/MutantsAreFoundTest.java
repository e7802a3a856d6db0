package io.ekiden.simulator.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The checkers bite: some mutants that are found soon. All of them: `./ekiden simulate --mutants`.
final class MutantsAreFoundTest {
    private static final Checkout CHECKOUT = Checkout.around(Path.of("")).orElseThrow();
    private static final Worlds WORLDS = new Worlds(CHECKOUT);

    @ParameterizedTest
    @CsvSource({
        "silent-planner-kills, 7-kills-name-a-decision",
        "joining-tasks-killed, 39-kills-have-their-cause",
        "delay-not-kept, 33-launch-delay-kept",
        "force-assumed, 36-cancelled-only-by-force",
        "zombies-left-alone, 29-everything-comes-to-rest",
        "max-per-off-by-one, 15-constraints-hold",
        "dependency-order-ignored, 44-dependencies-first",
        "readiness-not-awaited, 35-finished-means-done"
    })
    void isFoundBy(String name, String invariant) {
        var hunt = Hunt.in(WORLDS.of(mutant(name)), 40);
        assertThat(hunt.broken().orElseThrow().invariant()).isEqualTo(invariant);
    }

    @Test
    void nothingIsFoundInTheCodeAsItIs() {
        assertThat(Hunt.in(WORLDS.unmutated(), 40).broken()).isEmpty();
    }

    private static Mutant mutant(String name) {
        return CHECKOUT.mutants().stream()
                .filter(mutant -> mutant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
