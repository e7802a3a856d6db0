package io.ekiden.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// Speaks to a port byte by byte.
final class Raw {
    private static final int PATIENCE_MS = 10_000;

    private Raw() {}

    static Socket open(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /// The lines of a message's head, with its end.
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /// All that comes until the other side closes.
    static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    static String get(int port, String host, String path) {
        return exchange(
                port,
                "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    /// Sends this and gives back all that comes until the other side closes, or says that it does
    /// not.
    static String exchange(int port, String text) {
        try (var socket = open(port)) {
            send(socket, text);
            return rest(socket);
        } catch (SocketTimeoutException e) {
            return "the connection stays open";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
