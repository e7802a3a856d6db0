package io.ekiden.proxy;

import io.ekiden.model.PathId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The endpoints of one app behind one virtual host or service port. Immutable but for the turn of
/// the round robin, which goes on when the table is swapped.
final class Route {
    private final PathId runSpecId;
    private final PortLabels.Mode mode;
    private final List<Backend> all;
    private final Backend[] ready;
    private final AtomicInteger turn;

    /// @param all those that drain included
    /// @param turn of the same route in the table before
    Route(
            PathId runSpecId,
            PortLabels.Mode mode,
            List<Backend> all,
            List<Backend> ready,
            AtomicInteger turn) {
        this.runSpecId = runSpecId;
        this.mode = mode;
        this.all = List.copyOf(all);
        this.ready = ready.toArray(Backend[]::new);
        this.turn = turn;
    }

    PathId runSpecId() {
        return runSpecId;
    }

    PortLabels.Mode mode() {
        return mode;
    }

    List<Backend> all() {
        return all;
    }

    AtomicInteger turn() {
        return turn;
    }

    boolean hasReady() {
        return ready.length > 0;
    }

    /// The next backend that is ready and is not `tried`, already acquired. Ejected ones are taken
    /// only when there is no other: a refused connection costs less than a refused request.
    ///
    /// @param now in nanoseconds of the monotonic clock
    Optional<Backend> acquire(List<Backend> tried, long now) {
        if (ready.length == 0) {
            return Optional.empty();
        }
        int start = Math.floorMod(turn.getAndIncrement(), ready.length);
        var found = acquire(start, tried, now, false);
        return found.isPresent() ? found : acquire(start, tried, now, true);
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
