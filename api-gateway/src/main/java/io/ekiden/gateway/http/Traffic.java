package io.ekiden.gateway.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// Counts the requests in flight, which are limited, and the answers by their first digit.
final class Traffic {
    private final int limit;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLongArray answers = new AtomicLongArray(6);

    Traffic(int limit) {
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    /// Whether there is room for one more; then it must [#leave].
    boolean enter() {
        if (inFlight.incrementAndGet() <= limit) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    void count(int status) {
        answers.incrementAndGet(Math.clamp(status / 100, 0, 5));
    }

    int inFlight() {
        return inFlight.get();
    }

    long answered(int hundred) {
        return answers.get(hundred);
    }
}
