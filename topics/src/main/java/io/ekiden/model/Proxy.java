package io.ekiden.model;

import java.time.Instant;

/// A load balancer that is a member: an endpoint is drained when every active one has said so.
///
/// @param epoch the journal sequence of its last `joined`
public record Proxy(String id, long epoch, String hostname, boolean active, Instant since)
        implements Entity {
    public static final String PREFIX = "proxy/";

    public static String key(String id) {
        return PREFIX + id;
    }

    @Override
    public String key() {
        return key(id);
    }
}
