package io.ekiden.gateway.http;

import java.util.concurrent.ConcurrentHashMap;

/// What each of many has at a time of something of which all have only so much: so that one of them
/// leaves some for the others.
final class Shares {
    private final int most;
    private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

    /// @param most that one may have
    Shares(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /// Whether he may have one more; then he must [#giveBack].
    boolean take(String who) {
        if (taken.merge(who, 1, Integer::sum) <= most) {
            return true;
        }
        giveBack(who);
        return false;
    }

    void giveBack(String who) {
        taken.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
    }
}
