package io.ekiden.agent.runtime.docker;

import io.ekiden.agent.runtime.Exec;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The connection over which the engine carries a command's input and output. The client library
/// has one too, but cannot end the input alone: then a command that reads to the end of its input
/// would never end.
final class Attached implements Closeable {
    private static final int MAX_HEAD = 16 << 10;
    private static final int MAX_BODY = 16 << 10;
    private static final int PIECE = 32 << 10;
    private static final int HEADER = 8;
    private static final int LENGTH_AT = 4;
    private static final int STDERR = 2;
    private static final int UPGRADED = 101;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[^\\r]*\\r\\n");

    private final SocketChannel channel;
    private final boolean tty;

    private Attached(SocketChannel channel, boolean tty) {
        this.channel = channel;
        this.tty = tty;
    }

    /// Starts a command that was created, and speaks with it from now on.
    ///
    /// @param host the engine's, `unix:///PATH` or `tcp://HOST:PORT`
    /// @throws IOException when the engine does not answer, or refuses
    static Attached start(String host, String execId, boolean tty) throws IOException {
        var address = address(URI.create(host));
        var channel = SocketChannel.open(family(address));
        try {
            channel.connect(address);
            var attached = new Attached(channel, tty);
            attached.upgrade(execId);
            return attached;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static SocketAddress address(URI host) {
        return "unix".equals(host.getScheme())
                ? UnixDomainSocketAddress.of(host.getPath())
                : new InetSocketAddress(host.getHost(), host.getPort());
    }

    private static StandardProtocolFamily family(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress _ -> StandardProtocolFamily.UNIX;
            case InetSocketAddress inet
                    when inet.getAddress() != null && inet.getAddress().getAddress().length > 4 ->
                    StandardProtocolFamily.INET6;
            default -> StandardProtocolFamily.INET;
        };
    }

    private void upgrade(String execId) throws IOException {
        var body = "{\"Detach\":false,\"Tty\":%b}".formatted(tty);
        write(
                """
                POST /exec/%s/start HTTP/1.1
                Host: docker
                Connection: Upgrade
                Upgrade: tcp
                Content-Type: application/json
                Content-Length: %d

                %s\
                """
                        .replace("\n", "\r\n")
                        .formatted(execId, body.length(), body)
                        .getBytes(StandardCharsets.US_ASCII));
        var head = head();
        var status = STATUS.matcher(head);
        if (!status.lookingAt()) {
            throw new IOException("the engine does not speak HTTP");
        }
        if (Integer.parseInt(status.group(1)) != UPGRADED) {
            throw new IOException(refusal(head));
        }
    }

    private String head() throws IOException {
        var head = new ByteArrayOutputStream();
        var one = ByteBuffer.allocate(1);
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            if (channel.read(one.clear()) < 0 || head.size() > MAX_HEAD) {
                throw new EOFException("the engine's answer breaks off");
            }
            head.write(one.get(0));
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private String refusal(String head) throws IOException {
        var length = Pattern.compile("(?i)\r\nContent-Length: *([0-9]{1,5})\r\n").matcher(head);
        int most = length.find() ? Math.min(MAX_BODY, Integer.parseInt(length.group(1))) : 0;
        var body = ByteBuffer.allocate(most);
        var _ = filled(body);
        return Engine.message(new String(body.array(), 0, body.position(), StandardCharsets.UTF_8));
    }

    /// Hands on the output until it ends. Without a terminal the engine puts before each piece from
    /// where it is, and how long.
    void read(Exec.Output to) throws IOException {
        var room = ByteBuffer.allocate(PIECE);
        if (tty) {
            while (channel.read(room.clear()) >= 0) {
                to.take(false, room.array(), room.position());
            }
            return;
        }
        var header = ByteBuffer.allocate(HEADER);
        while (filled(header.clear())) {
            boolean error = header.get(0) == STDERR;
            long left = Integer.toUnsignedLong(header.getInt(LENGTH_AT));
            while (left > 0) {
                int count = channel.read(room.clear().limit((int) Math.min(left, PIECE)));
                if (count < 0) {
                    throw new EOFException("the engine's output breaks off");
                }
                to.take(error, room.array(), count);
                left -= count;
            }
        }
    }

    /// `false` when it has ended before.
    private boolean filled(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                return false;
            }
        }
        return true;
    }

    void write(byte[] bytes) throws IOException {
        var left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    void endInput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is not used any more.
        }
    }
}
