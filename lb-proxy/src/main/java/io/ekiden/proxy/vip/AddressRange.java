package io.ekiden.proxy.vip;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/// IPv4 addresses that begin alike, `127.128.0.0/9`.
///
/// @param first as a number
/// @param bits how many bits are alike
public record AddressRange(int first, int bits) {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3})/([0-9]{1,2})");

    private static final int MIN_BITS = 8;

    /// More alike, and too few are left to choose from.
    private static final int MAX_BITS = 24;

    /// So that a free one is found soon.
    private static final int USED_OF_ALL = 4;

    /// Half of loopback, the one in which nobody looks for anything.
    public static final AddressRange LOOPBACK = parse("127.128.0.0/9").orElseThrow();

    /// Empty when it is no range, begins elsewhere than it says, or is too small or too large.
    public static Optional<AddressRange> parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(matcher.group(2));
        return bits < MIN_BITS || bits > MAX_BITS
                ? Optional.empty()
                : number(matcher.group(1))
                        .filter(first -> (first << bits) == 0)
                        .map(first -> new AddressRange(first, bits));
    }

    /// Whether it is an address of the range that can be given to somebody: neither the first nor
    /// the last, which many systems treat as everybody's.
    public boolean contains(InetAddress address) {
        if (!(address instanceof Inet4Address)) {
            return false;
        }
        int offset = ByteBuffer.wrap(address.getAddress()).getInt() - first;
        return Integer.compareUnsigned(offset, 0) > 0
                && Integer.compareUnsigned(offset, size() - 1) < 0;
    }

    /// An address of the range; the same for the same number always.
    InetAddress pick(int number) {
        return address(first + 1 + Integer.remainderUnsigned(number, size() - 2));
    }

    private static InetAddress address(int number) {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    public boolean isLoopback() {
        return pick(0).isLoopbackAddress();
    }

    /// How many may be in use at once.
    int capacity() {
        return size() / USED_OF_ALL;
    }

    private int size() {
        return 1 << (Integer.SIZE - bits);
    }

    private static Optional<Integer> number(String address) {
        try {
            return Optional.of(
                    ByteBuffer.wrap(InetAddress.ofLiteral(address).getAddress()).getInt());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return address(first).getHostAddress() + "/" + bits;
    }
}
