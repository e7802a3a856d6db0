package io.ekiden.proxy.vip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({
        "127.128.0.1, true",
        "127.255.255.254, true",
        "127.128.0.0, false",
        "127.255.255.255, false",
        "127.127.255.255, false",
        "127.0.0.1, false",
        "0.0.0.0, false",
        "10.0.0.1, false",
        "::1, false"
    })
    void knowsItsOwn(String address, boolean contained) {
        assertThat(AddressRange.LOOPBACK.contains(InetAddress.ofLiteral(address)))
                .isEqualTo(contained);
    }

    @Test
    void alsoTheLastRangeOfAllHasAnEnd() {
        var range = AddressRange.parse("255.255.255.0/24").orElseThrow();

        assertThat(range.contains(InetAddress.ofLiteral("255.255.255.1"))).isTrue();
        assertThat(range.contains(InetAddress.ofLiteral("0.0.0.1"))).isFalse();
    }

    @Test
    void picksOnlyItsOwnAndAllOfThem() {
        var range = AddressRange.parse("10.1.2.0/24").orElseThrow();
        var picked = new HashSet<InetAddress>();
        for (int i = -500; i < 500; i++) {
            assertThat(range.contains(range.pick(i))).isTrue();
            picked.add(range.pick(i));
        }
        assertThat(picked).hasSize(254);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.128.0.0",
                "127.128.0.0/7",
                "127.128.0.0/25",
                "127.128.0.1/9",
                "256.0.0.0/8",
                "::/9",
                "x/9",
                ""
            })
    void anythingElseIsNoRange(String text) {
        assertThat(AddressRange.parse(text)).isEmpty();
    }
}
