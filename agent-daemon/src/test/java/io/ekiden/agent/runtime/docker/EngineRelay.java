package io.ekiden.agent.runtime.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Another way to the engine, on which things go wrong as a test wants it.
final class EngineRelay implements AutoCloseable {
    private static final Path ENGINE = Path.of("/var/run/docker.sock");

    private final Path socket;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    private ServerSocketChannel server;
    private boolean hangs;
    private String losesAnswersTo = "";
    private int losses;

    private record Link(SocketChannel client, SocketChannel engine) {}

    EngineRelay(Path dir) {
        socket = dir.resolve("relay.sock");
        listen();
    }

    String address() {
        return "unix://" + socket;
    }

    /// Nobody listens any more, and all connections are cut: the engine has ended.
    void refuse() {
        close();
    }

    /// Undoes [#refuse].
    void listen() {
        try {
            Files.deleteIfExists(socket);
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            var mine = server;
            Thread.ofVirtual().start(() -> accept(mine));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing gets through, in no direction, until [#resume]: the engine was stopped.
    void hang() {
        synchronized (lock) {
            hangs = true;
        }
    }

    void resume() {
        synchronized (lock) {
            hangs = false;
            lock.notifyAll();
        }
    }

    /// The next requests in whose first line this stands are carried out, but their answers are
    /// lost.
    void loseAnswersTo(String request, int times) {
        synchronized (lock) {
            losesAnswersTo = request;
            losses = times;
        }
    }

    boolean lostAll() {
        synchronized (lock) {
            return losses == 0;
        }
    }

    void cutAll() {
        links.forEach(this::cut);
    }

    private void cut(Link link) {
        links.remove(link);
        for (var end : new SocketChannel[] {link.client(), link.engine()}) {
            try {
                end.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void accept(ServerSocketChannel from) {
        try {
            while (true) {
                var client = from.accept();
                var engine = SocketChannel.open(UnixDomainSocketAddress.of(ENGINE));
                var link = new Link(client, engine);
                links.add(link);
                var losing = new boolean[1];
                Thread.ofVirtual().start(() -> carry(link, client, engine, true, losing));
                Thread.ofVirtual().start(() -> carry(link, engine, client, false, losing));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void carry(
            Link link, SocketChannel from, SocketChannel to, boolean requests, boolean[] losing) {
        var buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                awaitPassage();
                if (requests) {
                    consider(buffer, losing);
                } else if (isLosing(losing)) {
                    break;
                }
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException e) {
            // Cut, by one end or by the test.
        }
        cut(link);
    }

    private void awaitPassage() {
        synchronized (lock) {
            while (hangs) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void consider(ByteBuffer request, boolean[] losing) {
        var text = StandardCharsets.UTF_8.decode(request.duplicate()).toString();
        synchronized (lock) {
            if (losses > 0 && text.lines().findFirst().orElse("").contains(losesAnswersTo)) {
                losses--;
                losing[0] = true;
            }
        }
    }

    private boolean isLosing(boolean[] losing) {
        synchronized (lock) {
            return losing[0];
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
        resume();
    }
}
