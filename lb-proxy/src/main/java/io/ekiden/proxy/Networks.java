package io.ekiden.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Who may come: addresses and networks such as `10.1.0.0/16`.
record Networks(List<Network> allowed) {
    /// @param bits how many of the address's count
    private record Network(InetAddress address, int bits) {
        boolean contains(byte[] other) {
            var own = address.getAddress();
            if (own.length != other.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            for (int i = 0; i < whole; i++) {
                if (own[i] != other[i]) {
                    return false;
                }
            }
            int mask = 0xff00 >> bits % Byte.SIZE & 0xff;
            return mask == 0 || (own[whole] & mask) == (other[whole] & mask);
        }
    }

    /// A list separated by blanks.
    static Networks of(LabelReader labels, String label) {
        var networks = new ArrayList<Network>();
        for (var word : labels.text(label).orElse("").split("\\s+", -1)) {
            try {
                networks.add(network(word));
            } catch (IllegalArgumentException e) {
                labels.fault(label, word, "is not an address or a network such as 10.1.0.0/16");
            }
        }
        return new Networks(List.copyOf(networks));
    }

    private static Network network(String word) {
        int slash = word.indexOf('/');
        var address = InetAddress.ofLiteral(slash < 0 ? word : word.substring(0, slash));
        int most = address.getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? most : Integer.parseInt(word.substring(slash + 1));
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("no such mask: " + bits);
        }
        return new Network(address, bits);
    }

    /// @param address as digits
    boolean contain(String address) {
        var bytes = InetAddress.ofLiteral(address).getAddress();
        return allowed.stream().anyMatch(network -> network.contains(bytes));
    }
}
