package io.ekiden.agent.health;

import io.ekiden.agent.core.HealthLedger.Outcome;
import io.ekiden.agent.health.Prober.Deadline;
import io.ekiden.agent.health.Prober.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A probe over TCP: whether a connection can be made, or which status the first line of an HTTP
/// answer has. Each probe is a connection of its own and reads no further than that line, so an
/// answer without end costs nothing. Statuses 200 to 399 are healthy; certificates are not verified
/// (Marathon's rules).
final class SocketProbe {
    private static final int MAX_STATUS_LINE = 8192;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})( .*)?");
    private static final SSLContext TRUSTING = trusting();

    private SocketProbe() {}

    static Outcome run(
            Wire wire,
            InetAddress address,
            String hostname,
            int port,
            String path,
            Deadline deadline,
            boolean ignore1xx) {
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(address, port), deadline.millisLeft());
            if (wire == Wire.TCP) {
                return new Outcome.Healthy();
            }
            if (path.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
                return new Outcome.Unhealthy("the path holds blanks or control characters");
            }
            plain.setSoTimeout(deadline.millisLeft());
            var socket = wire == Wire.HTTPS ? encrypted(plain, hostname, port) : plain;
            socket.getOutputStream().write(request(hostname, port, path));
            socket.getOutputStream().flush();
            return judged(statusLine(plain, socket, deadline), ignore1xx);
        } catch (SocketTimeoutException e) {
            return new Outcome.Unhealthy("timed out");
        } catch (IOException | IllegalArgumentException e) {
            return new Outcome.Unhealthy(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
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

    private static String statusLine(Socket plain, Socket socket, Deadline deadline)
            throws IOException {
        var input = socket.getInputStream();
        var line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new IOException("the connection was closed without an answer");
            }
            if (deadline.passed()) {
                throw new SocketTimeoutException();
            }
            if (line.length() > MAX_STATUS_LINE) {
                throw new IOException("the answer is no HTTP");
            }
            line.append((char) c);
            plain.setSoTimeout(deadline.millisLeft());
        }
        return line.toString().stripTrailing();
    }

    private static Outcome judged(String line, boolean ignore1xx) {
        var matcher = STATUS.matcher(line);
        if (!matcher.matches()) {
            return new Outcome.Unhealthy("the answer is no HTTP");
        }
        int status = Integer.parseInt(matcher.group(1));
        if (status >= 200 && status < 400) {
            return new Outcome.Healthy();
        }
        return status < 200 && ignore1xx
                ? new Outcome.Ignored()
                : new Outcome.Unhealthy("HTTP status " + status);
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
