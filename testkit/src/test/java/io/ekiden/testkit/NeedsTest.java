package io.ekiden.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class NeedsTest {
    @NeedsProgram({"sh", "no-such-program|no-such-twin"})
    private static final class WithoutItsProgram {}

    @NeedsProgram("no-such-program|sh")
    private static final class WithOneOfTwo {}

    @Test
    void aProgramThatIsNotInstalledIsNamed() {
        assertThat(Needs.missing(WithoutItsProgram.class))
                .contains("no-such-program|no-such-twin is not installed");
    }

    @Test
    void oneOfSeveralSuffices() {
        assertThat(Needs.missing(WithOneOfTwo.class)).isEmpty();
    }

    @Test
    void whatIsMissingSkipsATestAndFailsItUnderCi() {
        var skipped = Needs.unmet("no engine", false);
        assertThat(skipped.isDisabled()).isTrue();
        assertThat(skipped.getReason()).contains("no engine");
        assertThatThrownBy(() -> Needs.unmet("no engine", true))
                .hasMessageContaining("no engine")
                .hasMessageContaining("EKIDEN_CI=1");
    }
}
