package io.ekiden.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// A client of HTTP/2 that sends whatever frames a test wants, also such as no library would.
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RESET = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GO_AWAY = 7;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    private static final List<String> STATUSES =
            List.of("200", "204", "206", "304", "400", "404", "500");

    private final Socket socket;
    private final DataInputStream in;

    RawHttp2(int port) throws IOException {
        this(Raw.open(port));
    }

    RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        Raw.send(socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        var frame = Unpooled.buffer(9 + payload.length);
        frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
        frame.writeBytes(payload);
        socket.getOutputStream().write(ByteBufUtil.getBytes(frame));
    }

    /// Names and values in turn.
    void headers(int stream, int flags, String... fields) throws IOException {
        frame(HEADERS, flags | END_HEADERS, stream, block(fields));
    }

    void data(int stream, int flags, String text) throws IOException {
        frame(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void reset(int stream) throws IOException {
        frame(RESET, 0, stream, new byte[] {0, 0, 0, 8});
    }

    /// Literal fields without a name from the table, and without Huffman's code.
    static byte[] block(String... fields) {
        var block = Unpooled.buffer();
        for (int i = 0; i < fields.length; i += 2) {
            block.writeByte(0);
            string(block, fields[i]);
            string(block, fields[i + 1]);
        }
        return ByteBufUtil.getBytes(block);
    }

    private static void string(ByteBuf block, String text) {
        int length = text.length();
        if (length < 127) {
            block.writeByte(length);
        } else {
            block.writeByte(127);
            int rest = length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.writeByte((rest & 127) | 128);
            }
            block.writeByte(rest);
        }
        block.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }

    /// What becomes of a stream: a status (` at its end` when nothing follows), or `reset`, `going
    /// away` or `closed`.
    String outcome(int stream) throws IOException {
        try {
            while (true) {
                var payload = new byte[(in.readUnsignedShort() << 8) | in.readUnsignedByte()];
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int of = in.readInt();
                in.readFully(payload);
                switch (type) {
                    case SETTINGS -> {
                        if ((flags & ACK) == 0) {
                            frame(SETTINGS, ACK, 0, new byte[0]);
                        }
                    }
                    case GO_AWAY -> {
                        return "going away";
                    }
                    case RESET -> {
                        if (of == stream) {
                            return "reset";
                        }
                    }
                    case HEADERS -> {
                        if (of == stream) {
                            boolean last = (flags & END_STREAM) != 0;
                            return status(payload, flags) + (last ? " at its end" : "");
                        }
                    }
                    default -> {}
                }
            }
        } catch (EOFException | SocketException e) {
            return "closed";
        }
    }

    /// That which stands first, after padding, priority and changes of the table's size.
    private static String status(byte[] block, int flags) {
        int at = ((flags & PADDED) == 0 ? 0 : 1) + ((flags & PRIORITY) == 0 ? 0 : 5);
        while ((block[at] & 0xe0) == 0x20) {
            boolean more = (block[at] & 0x1f) == 0x1f;
            at++;
            while (more) {
                more = (block[at++] & 0x80) != 0;
            }
        }
        int first = block[at] & 0xff;
        if (first >= 0x88 && first <= 0x8e) {
            return STATUSES.get(first - 0x88);
        }
        int length = block[at + 1] & 0x7f;
        var value = Arrays.copyOfRange(block, at + 2, at + 2 + length);
        return (block[at + 1] & 0x80) == 0
                ? new String(value, StandardCharsets.ISO_8859_1)
                : digits(value);
    }

    /// In Huffman's code 0, 1 and 2 have five bits, and the others six.
    private static String digits(byte[] coded) {
        var bits = new StringBuilder();
        for (byte b : coded) {
            bits.append(Integer.toBinaryString((b & 0xff) | 0x100).substring(1));
        }
        var digits = new StringBuilder();
        for (int at = 0; digits.length() < 3; ) {
            int five = Integer.parseInt(bits.substring(at, at + 5), 2);
            if (five <= 2) {
                digits.append(five);
                at += 5;
            } else {
                digits.append(Integer.parseInt(bits.substring(at, at + 6), 2) - 22);
                at += 6;
            }
        }
        return digits.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
