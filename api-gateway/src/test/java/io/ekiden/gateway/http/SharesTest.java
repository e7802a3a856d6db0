package io.ekiden.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharesTest {
    private final Shares shares = new Shares(2);

    @Test
    void eachHasSoMuchAndNoMore() {
        assertThat(shares.take("ann")).isTrue();
        assertThat(shares.take("ann")).isTrue();
        assertThat(shares.take("ann")).isFalse();
        assertThat(shares.take("bob")).isTrue();
    }

    @Test
    void whatWasRefusedHasNothingToGiveBack() {
        shares.take("ann");
        shares.take("ann");
        shares.take("ann");
        shares.giveBack("ann");

        assertThat(shares.take("ann")).isTrue();
        assertThat(shares.take("ann")).isFalse();
    }
}
