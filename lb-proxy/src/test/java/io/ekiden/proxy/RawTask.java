package io.ekiden.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A task that does with each connection what a test wants.
final class RawTask implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    /// One connection's behaviour; the connection is closed when it returns.
    interface Script {
        void play(Socket socket, int connection) throws IOException;
    }

    RawTask(Script script) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(() -> accept(script));
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    private void accept(Script script) {
        try {
            while (true) {
                var socket = server.accept();
                sockets.add(socket);
                int number = connections.incrementAndGet();
                Thread.startVirtualThread(() -> play(script, socket, number));
            }
        } catch (IOException e) {
            // Closed: the task has ended.
        }
    }

    private static void play(Script script, Socket socket, int number) {
        try (socket) {
            script.play(socket, number);
        } catch (IOException e) {
            // The other side has gone, which may be what the test is about.
        }
    }

    /// Reads one request's head.
    static String head(Socket socket) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("closed");
            }
            head.append((char) b);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
