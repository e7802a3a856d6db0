package io.ekiden.simulator.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mutants may not rot: each fits the sources as they are. That all are found takes minutes and is
/// shown by `./ekiden simulate --mutants`; here it is shown of some that are found soon.
final class AllMutantsTest {
    private static final Checkout CHECKOUT = Checkout.around(Path.of("")).orElseThrow();
    private static final MutantCompiler COMPILER = new MutantCompiler(CHECKOUT);

    static Stream<Mutant> mutants() {
        return CHECKOUT.mutants().stream();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void compiles(Mutant mutant) throws Exception {
        var classes = COMPILER.compile(mutant);
        boolean differs = false;
        for (var compiled : classes.entrySet()) {
            var file = compiled.getKey().replace('.', '/') + ".class";
            try (var original = getClass().getClassLoader().getResourceAsStream(file)) {
                differs |=
                        original == null
                                || !Arrays.equals(original.readAllBytes(), compiled.getValue());
            }
        }
        assertThat(differs).isTrue();
        assertThat(mutant.says()).endsWith(".");
    }

    @Test
    void thereAreEnough() {
        assertThat(mutants()).hasSizeGreaterThanOrEqualTo(24);
        assertThat(mutants().filter(mutant -> mutant.like().startsWith("mesosphere/marathon#")))
                .hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void oneThatDoesNotCompileIsNamed() {
        var some = CHECKOUT.mutants().getFirst();
        var broken = new Mutant("broken", some.says(), some.like(), some.file(), some.find(), "(");
        assertThatThrownBy(() -> COMPILER.compile(broken))
                .isInstanceOf(MutantRotten.class)
                .hasMessageStartingWith("mutant broken: it does not compile:");
    }
}
