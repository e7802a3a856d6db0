package io.ekiden.proxy.dns;

import java.net.InetAddress;
import java.util.Optional;

/// IP addresses as they are written, without asking anybody for a name.
final class Addresses {
    private Addresses() {}

    static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
