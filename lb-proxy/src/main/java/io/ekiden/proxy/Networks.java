package io.ekiden.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Some addresses: single ones and networks such as `10.1.0.0/16`.
public record Networks(List<Network> all) {
    public static final Networks NONE = new Networks(List.of());

    /// @param bits how many of the address's count
    record Network(InetAddress address, int bits) {
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

    /// @throws IllegalArgumentException if one is none
    public static Networks of(List<String> words) {
        return new Networks(words.stream().map(Networks::network).toList());
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
        return contain(InetAddress.ofLiteral(address).getAddress());
    }

    boolean contain(byte[] address) {
        return all.stream().anyMatch(network -> network.contains(address));
    }
}
