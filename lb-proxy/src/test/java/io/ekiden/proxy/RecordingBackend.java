package io.ekiden.proxy;

import io.ekiden.proxy.Strict.Message;
import io.ekiden.proxy.Strict.State;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A task that notes all that it is sent, byte by byte, and answers each request once it is there
/// whole. One case at a time.
final class RecordingBackend implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final RawTask task;
    private final List<Connection> connections = new ArrayList<>();
    private FramingCase framingCase = FramingCase.NONE;
    private int answered;

    /// What came over one.
    private static final class Connection {
        private final StringBuilder bytes = new StringBuilder();
        private int answered;
        private boolean ended;

        private List<Message> requests() {
            return Strict.requests(bytes.toString());
        }

        private boolean quiet() {
            return ended || (requests().stream().allMatch(Message::complete) && answered > 0);
        }
    }

    RecordingBackend() throws IOException {
        task = new RawTask((socket, _) -> serve(socket));
    }

    int port() {
        return task.port();
    }

    synchronized void begin(FramingCase next) {
        connections.clear();
        framingCase = next;
        answered = 0;
    }

    /// Nothing that has begun is still on its way.
    synchronized boolean quiet() {
        return connections.stream().allMatch(Connection::quiet);
    }

    /// In the order of the connections that they came by.
    synchronized List<Message> requests() {
        return connections.stream().flatMap(c -> c.requests().stream()).toList();
    }

    private void serve(Socket socket) throws IOException {
        var connection = new Connection();
        synchronized (this) {
            connections.add(connection);
        }
        var buffer = new byte[BUFFER];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                var text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                answer(socket, connection, text);
            }
        } finally {
            synchronized (this) {
                connection.ended = true;
            }
        }
    }

    private void answer(Socket socket, Connection connection, String text) throws IOException {
        var due = new ArrayList<String>();
        boolean last = false;
        synchronized (this) {
            connection.bytes.append(text);
            var requests = connection.requests();
            if (requests.stream().anyMatch(request -> request.state() == State.MALFORMED)) {
                throw new IOException("malformed");
            }
            long complete = requests.stream().filter(Message::complete).count();
            for (; connection.answered < complete; connection.answered++) {
                var answer = framingCase.answer(answered++);
                due.add(answer);
                last |= !answer.isEmpty() && framingCase.closes(answer);
            }
        }
        if (!due.isEmpty()) {
            Raw.send(socket, String.join("", due));
        }
        if (last) {
            socket.shutdownOutput();
        }
    }

    @Override
    public void close() throws IOException {
        task.close();
    }
}
