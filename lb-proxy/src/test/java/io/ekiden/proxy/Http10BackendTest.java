package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// A backend that closes after each answer and says so by the version alone, as Python's
/// `http.server` does.
final class Http10BackendTest extends WithFrontend {
    private static final String POST =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";

    @Test
    void noRequestGoesToAConnectionThatIsBeingClosed() throws Exception {
        var backend = ended(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        try (var threads = Executors.newCachedThreadPool()) {
            var accepting = threads.submit(() -> accept(backend, threads));
            frontend(backend.getLocalPort());

            var clients = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 4; i++) {
                clients.add(threads.submit(() -> answered(250)));
            }

            for (var client : clients) {
                assertThat(client.get()).isEqualTo(250);
            }
            backend.close();
            assertThat(accepting.get()).isEqualTo(4 * 250);
        }
    }

    /// Asks one after the other on one connection.
    ///
    /// @return how many were answered well, up to the first that was not
    private int answered(int requests) throws IOException {
        try (var socket = Raw.open(port)) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            for (int i = 0; i < requests; i++) {
                Raw.send(socket, POST);
                if (!in.readLine().equals("HTTP/1.1 200 OK")) {
                    return i;
                }
                String line = in.readLine();
                while (!line.equals("done")) {
                    line = in.readLine();
                }
            }
            return requests;
        }
    }

    /// @return how many connections came
    private static int accept(ServerSocket backend, ExecutorService threads) {
        int connections = 0;
        while (true) {
            try {
                var socket = backend.accept();
                connections++;
                var _ = threads.submit(() -> serve(socket));
            } catch (IOException e) {
                return connections;
            }
        }
    }

    private static void serve(Socket accepted) {
        try (var socket = accepted) {
            var head = new StringBuilder();
            while (head.indexOf("hello") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            Raw.send(socket, "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n");
            Raw.send(socket, "done\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
