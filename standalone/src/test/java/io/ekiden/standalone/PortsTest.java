package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void namesNeedTheirPortForDatagramsAndForConnections() throws Exception {
        try (var taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.isFreeForDns(HOST, taken.getLocalPort())).isFalse();
        }
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.isFreeForDns(HOST, taken.getLocalPort())).isFalse();
        }
        assertThat(Ports.isFreeForDns(HOST, 0)).isTrue();
    }
}
