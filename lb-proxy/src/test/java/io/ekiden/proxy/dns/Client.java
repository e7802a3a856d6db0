package io.ekiden.proxy.dns;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DnsSection;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Asks a DNS server byte by byte.
final class Client implements AutoCloseable {
    static final int A = 1;
    static final int SRV = 33;
    static final int ID = 0x4711;

    private static final int PATIENCE_MS = 5_000;
    private static final int SHORT_PATIENCE_MS = 300;

    private final int port;
    private final DatagramSocket socket;

    Client(int port) throws IOException {
        this.port = port;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.connect(InetAddress.getLoopbackAddress(), port);
    }

    /// What came back, and how many bytes it had.
    record Answer(DatagramDnsResponse message, int size) {
        int count(DnsSection section) {
            return message.count(section);
        }
    }

    /// A question with this many bytes of EDNS size, 0 for none.
    static byte[] question(String name, int type, int edns) {
        return message(0x0100, 1, name, type, 1, edns, 0);
    }

    static byte[] message(
            int flags, int questions, String name, int type, int dnsClass, int edns, int version) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            for (int header : new int[] {ID, flags, questions, 0, 0, edns > 0 ? 1 : 0}) {
                out.writeShort(header);
            }
            for (int i = 0; i < questions; i++) {
                for (var label : name.split("\\.", -1)) {
                    out.writeByte(label.length());
                    out.write(label.getBytes(StandardCharsets.US_ASCII));
                }
                out.writeShort(type);
                out.writeShort(dnsClass);
            }
            if (edns > 0) {
                out.writeByte(0);
                out.writeShort(41);
                out.writeShort(edns);
                out.writeInt(version << 16);
                out.writeShort(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    Answer ask(byte[] question) throws IOException {
        send(question);
        return receive(PATIENCE_MS).orElseThrow();
    }

    void send(byte[] datagram) throws IOException {
        socket.send(new java.net.DatagramPacket(datagram, datagram.length));
    }

    /// Whether nothing comes for a while.
    boolean hearsNothing() throws IOException {
        return receive(SHORT_PATIENCE_MS).isEmpty();
    }

    private Optional<Answer> receive(int patience) throws IOException {
        var buffer = new byte[1 << 16];
        var packet = new java.net.DatagramPacket(buffer, buffer.length);
        socket.setSoTimeout(patience);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        return Optional.of(decoded(Arrays.copyOf(buffer, packet.getLength())));
    }

    /// Over a connection of its own.
    Answer askOverTcp(byte[] question) throws IOException {
        try (var connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
            connection.setSoTimeout(PATIENCE_MS);
            var out = new DataOutputStream(connection.getOutputStream());
            out.writeShort(question.length);
            out.write(question);
            var in = new DataInputStream(connection.getInputStream());
            return decoded(in.readNBytes(in.readUnsignedShort()));
        }
    }

    private static Answer decoded(byte[] bytes) {
        var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        var channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(bytes), anywhere, anywhere));
        DatagramDnsResponse message = channel.readInbound();
        return new Answer(message, bytes.length);
    }

    @Override
    public void close() {
        socket.close();
    }
}
