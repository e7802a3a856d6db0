package io.ekiden.process;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// To which addresses a service connects because a user named them. Servers inside the network, and
/// on this machine, are the usual case. What no server has is refused: link-local addresses, where
/// clouds keep their machines' credentials, multicast, and addresses that are none.
public final class Destination {
    private Destination() {}

    /// The first address of a host that may be connected to. Looked up each time: names move.
    public static InetAddress of(String host) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host))
                .filter(Destination::isAllowed)
                .findFirst()
                .orElseThrow(() -> new UnknownHostException(host + " has no allowed address"));
    }

    public static boolean isAllowed(InetAddress address) {
        if (address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || address.isAnyLocalAddress()) {
            return false;
        }
        return switch (address) {
            // 0/8 is this network, 240/4 with the broadcast address is reserved.
            case Inet4Address four -> first(four) != 0 && first(four) < 240;
            // Another way to write the former.
            case Inet6Address six -> !six.isIPv4CompatibleAddress() || six.isLoopbackAddress();
            default -> false;
        };
    }

    private static int first(InetAddress address) {
        return address.getAddress()[0] & 0xff;
    }
}
