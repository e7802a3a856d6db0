package io.ekiden.proxy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The ready endpoints of one app in a route. Immutable but for the turn of the round robin, which
/// goes on when the table is swapped.
final class Pool implements Picker {
    private final Balance balance;
    private final Backend[] ready;
    private final AtomicInteger turn;

    /// @param turn of the same app's pool in the table before
    Pool(Balance balance, List<Backend> ready, AtomicInteger turn) {
        this.balance = balance;
        this.ready = ready.toArray(Backend[]::new);
        this.turn = turn;
    }

    boolean isEmpty() {
        return ready.length == 0;
    }

    /// Ejected ones are taken only when there is no other: a refused connection costs less than a
    /// refused request.
    @Override
    public Optional<Backend> acquire(List<Backend> tried, long now, Requester requester) {
        if (ready.length == 0) {
            return Optional.empty();
        }
        int start = start(now, requester);
        var found = acquire(start, tried, now, false);
        return found.isPresent() ? found : acquire(start, tried, now, true);
    }

    private int start(long now, Requester requester) {
        return switch (balance) {
            case ROUNDROBIN -> next();
            case LEASTCONN -> leastBusy(next(), now);
            case SOURCE -> Math.floorMod(requester.address().hashCode(), ready.length);
        };
    }

    private int next() {
        return Math.floorMod(turn.getAndIncrement(), ready.length);
    }

    private int leastBusy(int from, long now) {
        int best = from;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < ready.length; i++) {
            int index = (from + i) % ready.length;
            var backend = ready[index];
            int inFlight = backend.inFlight();
            if (inFlight < fewest && !backend.ejected(now)) {
                best = index;
                fewest = inFlight;
            }
        }
        return best;
    }

    private Optional<Backend> acquire(int start, List<Backend> tried, long now, boolean ejected) {
        for (int i = 0; i < ready.length; i++) {
            var backend = ready[(start + i) % ready.length];
            if (backend.ejected(now) == ejected && !tried.contains(backend) && backend.acquire()) {
                return Optional.of(backend);
            }
        }
        return Optional.empty();
    }
}
