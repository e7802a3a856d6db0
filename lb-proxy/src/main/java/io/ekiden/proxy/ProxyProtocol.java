package io.ekiden.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// The header by which who passes a connection on says whom it comes from: HAProxy's PROXY
/// protocol, versions 1 and 2 (doc/proxy-protocol.txt of HAProxy 2.6).
final class ProxyProtocol {
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final byte[] WORD = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    /// Of version 1, with its end of line.
    private static final int MAX_LINE = 107;

    /// Of version 2: what precedes the addresses, and all that follows, of which the standard
    /// allows more than anybody sends.
    private static final int FIXED = 16;

    private static final int MAX_REST = 2048;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;

    private ProxyProtocol() {}

    enum Version {
        V1,
        V2
    }

    /// What the bytes so far are.
    sealed interface Reading {
        /// The beginning of a header.
        record Unfinished() implements Reading {}

        /// No header.
        record Broken() implements Reading {}

        /// @param from empty where the sender speaks for itself, or of what is no TCP connection
        /// @param to where `from` connected to
        /// @param length of the header in bytes
        record Header(Optional<InetSocketAddress> from, Optional<InetSocketAddress> to, int length)
                implements Reading {}
    }

    private static final Reading UNFINISHED = new Reading.Unfinished();
    private static final Reading BROKEN = new Reading.Broken();

    /// Looks at bytes without taking them.
    static Reading read(ByteBuf bytes) {
        if (beginsWith(bytes, SIGNATURE)) {
            return bytes.readableBytes() < FIXED ? UNFINISHED : version2(bytes);
        }
        return beginsWith(bytes, WORD) ? version1(bytes) : BROKEN;
    }

    /// As far as there are bytes.
    private static boolean beginsWith(ByteBuf bytes, byte[] beginning) {
        int length = Math.min(bytes.readableBytes(), beginning.length);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != beginning[i]) {
                return false;
            }
        }
        return true;
    }

    private static Reading version1(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), MAX_LINE);
        var text = bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n");
        if (end < 0) {
            return length == MAX_LINE ? BROKEN : UNFINISHED;
        }
        var words = text.substring(0, end).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return new Reading.Header(Optional.empty(), Optional.empty(), end + 2);
        }
        if (words.length != 6 || !(words[1].equals("TCP4") || words[1].equals("TCP6"))) {
            return BROKEN;
        }
        try {
            return new Reading.Header(
                    Optional.of(address(words[2], words[4])),
                    Optional.of(address(words[3], words[5])),
                    end + 2);
        } catch (IllegalArgumentException e) {
            return BROKEN;
        }
    }

    private static InetSocketAddress address(String host, String port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(port));
    }

    private static Reading version2(ByteBuf bytes) {
        int begin = bytes.readerIndex();
        int command = bytes.getUnsignedByte(begin + 12);
        int family = bytes.getUnsignedByte(begin + 13);
        int rest = bytes.getUnsignedShort(begin + 14);
        if ((command != LOCAL && command != PROXY) || rest > MAX_REST) {
            return BROKEN;
        }
        if (bytes.readableBytes() < FIXED + rest) {
            return UNFINISHED;
        }
        int size = family == TCP4 ? 4 : family == TCP6 ? 16 : 0;
        if (command == LOCAL || size == 0) {
            return new Reading.Header(Optional.empty(), Optional.empty(), FIXED + rest);
        }
        if (rest < 2 * size + 4) {
            return BROKEN;
        }
        int ports = begin + FIXED + 2 * size;
        return new Reading.Header(
                Optional.of(address(bytes, begin + FIXED, size, ports)),
                Optional.of(address(bytes, begin + FIXED + size, size, ports + 2)),
                FIXED + rest);
    }

    private static InetSocketAddress address(ByteBuf bytes, int at, int size, int port) {
        var address = new byte[size];
        bytes.getBytes(at, address);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address), bytes.getUnsignedShort(port));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The header for a connection that goes from one address to another.
    static ByteBuf header(Version version, InetSocketAddress from, InetSocketAddress to) {
        return switch (version) {
            case V1 -> Unpooled.copiedBuffer(line(from, to), StandardCharsets.US_ASCII);
            case V2 -> binary(from, to);
        };
    }

    private static String line(InetSocketAddress from, InetSocketAddress to) {
        boolean four = length(from) == 4 && length(to) == 4;
        return "PROXY %s %s %s %d %d\r\n"
                .formatted(
                        four ? "TCP4" : "TCP6",
                        four ? from.getAddress().getHostAddress() : six(from),
                        four ? to.getAddress().getHostAddress() : six(to),
                        from.getPort(),
                        to.getPort());
    }

    private static int length(InetSocketAddress address) {
        return address.getAddress().getAddress().length;
    }

    private static String six(InetSocketAddress address) {
        var digits = address.getAddress().getHostAddress();
        int zone = digits.indexOf('%');
        var plain = zone < 0 ? digits : digits.substring(0, zone);
        return length(address) == 4 ? "::ffff:" + plain : plain;
    }

    private static ByteBuf binary(InetSocketAddress from, InetSocketAddress to) {
        boolean four = length(from) == 4 && length(to) == 4;
        int size = four ? 4 : 16;
        var header = Unpooled.buffer(FIXED + 2 * size + 4);
        header.writeBytes(SIGNATURE).writeByte(PROXY).writeByte(four ? TCP4 : TCP6);
        header.writeShort(2 * size + 4);
        write(header, from, size);
        write(header, to, size);
        return header.writeShort(from.getPort()).writeShort(to.getPort());
    }

    /// An address of version 4 among those of version 6 as `::ffff:a.b.c.d`.
    private static void write(ByteBuf header, InetSocketAddress address, int size) {
        var bytes = address.getAddress().getAddress();
        if (bytes.length < size) {
            header.writeZero(size - bytes.length - 2).writeShort(0xffff);
        }
        header.writeBytes(bytes);
    }
}
