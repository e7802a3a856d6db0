package io.ekiden.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class AllowanceTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("10.0.0.2");
    private static final long SECOND = 1_000_000_000;

    private final Allowance allowance = new Allowance(1_000, 7, 0);

    @Test
    void smallAnswersCostNothing() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(allowance.allows(ONE, 40, 120, 0)).isTrue();
        }
        assertThat(allowance.allows(ONE, 40, 1_000, 0)).isTrue();
    }

    @Test
    void largeOnesAreGivenUpToSoManyBytesASecondAndSource() {
        assertThat(allowance.allows(ONE, 40, 600, 0)).isTrue();
        assertThat(allowance.allows(ONE, 40, 600, SECOND - 1)).isFalse();
        assertThat(allowance.allows(ONE, 40, 400, SECOND - 1)).isTrue();
        assertThat(allowance.allows(OTHER, 40, 600, SECOND - 1)).isTrue();
        assertThat(allowance.allows(ONE, 40, 600, SECOND)).isTrue();
    }
}
