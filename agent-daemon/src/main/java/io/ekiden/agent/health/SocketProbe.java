package io.ekiden.agent.health;

import io.ekiden.agent.core.Finding;
import io.ekiden.agent.health.Prober.Deadline;
import io.ekiden.agent.health.Prober.Wire;
import io.ekiden.model.ReadinessResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A probe over TCP: whether a connection can be made, or which status the first line of an HTTP
/// answer has. Each probe is a connection of its own and reads no further than it must, so an
/// answer without end costs nothing. Certificates are not verified (Marathon's rule).
final class SocketProbe {
    private static final SSLContext TRUSTING = trusting();

    private SocketProbe() {}

    static Finding run(
            Wire wire,
            InetAddress address,
            String hostname,
            int port,
            String path,
            Deadline deadline) {
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(address, port), deadline.millisLeft());
            if (wire == Wire.TCP) {
                return new Finding.Connected();
            }
            return new Finding.Answered(
                    asked(wire, plain, hostname, port, path, deadline).status());
        } catch (IOException | IllegalArgumentException e) {
            return new Finding.Failed(Prober.reason(e));
        }
    }

    /// The first answer that is not an interim one, and how its body begins.
    ///
    /// @throws IOException when there is none in time
    static ReadinessResponse ask(
            Wire wire,
            InetAddress address,
            String hostname,
            int port,
            String path,
            Deadline deadline)
            throws IOException {
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(address, port), deadline.millisLeft());
            return asked(wire, plain, hostname, port, path, deadline).response();
        }
    }

    private static HttpAnswer asked(
            Wire wire, Socket plain, String hostname, int port, String path, Deadline deadline)
            throws IOException {
        if (path.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new IOException("the path holds blanks or control characters");
        }
        plain.setSoTimeout(deadline.millisLeft());
        var socket = wire == Wire.HTTPS ? encrypted(plain, hostname, port) : plain;
        socket.getOutputStream().write(request(hostname, port, path));
        socket.getOutputStream().flush();
        return new HttpAnswer(new TimedInput(plain, socket, deadline));
    }

    private static Socket encrypted(Socket plain, String hostname, int port) throws IOException {
        return TRUSTING.getSocketFactory().createSocket(plain, hostname, port, true);
    }

    private static byte[] request(String hostname, int port, String path) {
        var absolute = path.startsWith("/") ? path : "/" + path;
        return """
        GET %s HTTP/1.1\r
        Host: %s:%d\r
        User-Agent: Ekiden\r
        Accept: */*\r
        Connection: close\r
        \r
        """
                .formatted(absolute, hostname, port)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static SSLContext trusting() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
