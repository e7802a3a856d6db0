package io.ekiden.gateway.core.access;

import io.ekiden.model.PathId;

/// Something that a caller would have needed and was not granted.
///
/// @param id what it is about
/// @param needs such as `role deployer` or `capability host-volume`
public record Lack(PathId id, String needs) {
    static Lack of(Action action, PathId id) {
        return new Lack(id, "role " + Role.least(action).text());
    }

    static Lack of(Capability capability, PathId id) {
        return new Lack(id, "capability " + capability.text());
    }
}
