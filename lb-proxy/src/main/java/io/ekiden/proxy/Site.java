package io.ekiden.proxy;

import java.util.Optional;
import java.util.OptionalInt;

/// Where a route is found.
///
/// @param host the virtual host; empty on a service port
/// @param httpsPort at which virtual hosts answer by HTTPS
record Site(Optional<String> host, OptionalInt httpsPort) {
    static final Site SERVICE_PORT = new Site(Optional.empty(), OptionalInt.empty());

    boolean isVirtualHost() {
        return host.isPresent();
    }
}
