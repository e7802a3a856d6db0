package io.ekiden.simulator.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class MutantTest {
    private static final Mutant MUTANT =
            Mutant.parse(
                    "less",
                    """
                    says: It takes instead of adding.
                    like: a class of bugs
                    file: a/B.java
                    --- find
                    return a
                        + b;
                    --- put
                    return a - b;
                    """);

    @Test
    void isReadFromItsFile() {
        assertThat(MUTANT)
                .isEqualTo(
                        new Mutant(
                                "less",
                                "It takes instead of adding.",
                                "a class of bugs",
                                "a/B.java",
                                "return a\n    + b;",
                                "return a - b;"));
        assertThat(MUTANT.fileName()).isEqualTo("B.java");
    }

    @Test
    void isPlantedHoweverTheSourceIsFormatted() {
        assertThat(MUTANT.plantIn("int f() { return a + b; }"))
                .isEqualTo("int f() { return a - b; }");
        assertThat(MUTANT.plantIn("{ return\n\t\ta +\n b; }")).isEqualTo("{ return a - b; }");
    }

    @Test
    void saysWhenItsTextIsNotThere() {
        assertThatThrownBy(() -> MUTANT.plantIn("return a - b;"))
                .isInstanceOf(MutantRotten.class)
                .hasMessage("mutant less: its text is not in a/B.java");
    }

    @Test
    void saysWhenItsTextIsThereTwice() {
        assertThatThrownBy(() -> MUTANT.plantIn("return a + b; return a + b;"))
                .isInstanceOf(MutantRotten.class)
                .hasMessage("mutant less: its text is more than once in a/B.java");
    }

    @Test
    void saysWhenSomethingIsMissingInItsFile() {
        assertThatThrownBy(() -> Mutant.parse("x", "says: a\nlike: b\n--- find\na\n--- put\nb\n"))
                .hasMessage("mutant x: it has no 'file'");
        assertThatThrownBy(() -> Mutant.parse("x", "says: a\nlike: b\nfile: c\n--- find\na\n"))
                .isInstanceOf(MutantRotten.class);
    }
}
