package io.ekiden.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "192.168.0.1",
                "8.8.8.8",
                "::1",
                "fd00::1",
                "2001:db8::1"
            })
    void serversInsideAndOutsideAreAllowed(String address) throws UnknownHostException {
        assertThat(Destination.isAllowed(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.1",
                "::ffff:169.254.169.254",
                "::169.254.169.254",
                "fe80::1",
                "febf::1",
                "224.0.0.1",
                "239.1.1.1",
                "ff02::1",
                "0.0.0.0",
                "0.1.2.3",
                "::",
                "255.255.255.255"
            })
    void whereNoServerIsNobodyConnects(String address) throws UnknownHostException {
        assertThat(Destination.isAllowed(InetAddress.getByName(address))).isFalse();
    }

    @Test
    void aHostWithoutAnAllowedAddressIsNone() {
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> Destination.of("169.254.169.254"));
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> Destination.of("[fe80::1]"));
    }
}
