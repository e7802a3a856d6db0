package io.ekiden.agent.health;

import io.ekiden.agent.health.Prober.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// What comes in on a socket until a point in time, however slowly.
final class TimedInput {
    private final Socket plain;
    private final InputStream input;
    private final Deadline deadline;

    /// @param plain the connection below `socket`, or the same
    TimedInput(Socket plain, Socket socket, Deadline deadline) throws IOException {
        this.plain = plain;
        this.input = socket.getInputStream();
        this.deadline = deadline;
    }

    /// The next byte; -1 at the end.
    ///
    /// @throws SocketTimeoutException when the time is over
    int read() throws IOException {
        if (deadline.passed()) {
            throw new SocketTimeoutException();
        }
        plain.setSoTimeout(deadline.millisLeft());
        return input.read();
    }

    /// The next line without its end.
    ///
    /// @param max so many bytes may it have
    /// @throws IOException when it has more, or there is no end of line
    String line(int max) throws IOException {
        var line = new StringBuilder();
        for (int c = read(); c != '\n'; c = read()) {
            if (c < 0) {
                throw new IOException("the connection was closed without an answer");
            }
            if (line.length() >= max) {
                throw new IOException("the answer is no HTTP");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }
}
