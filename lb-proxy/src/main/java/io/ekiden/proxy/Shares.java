package io.ekiden.proxy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Several apps that share a route, each with its weight. Of as many requests in a row as all
/// weights make together, each app gets exactly as many as its own weight, spread over the row.
final class Shares implements Picker {
    /// A step of about this part of the row comes close to no earlier one for a long time.
    private static final double GOLDEN = 0.618_033_988_75;

    private final List<Share> shares;
    private final int total;
    private final int step;
    private final AtomicInteger turn;

    /// @param weight at least 1
    record Share(Pool pool, int weight) {}

    /// @param shares at least one
    /// @param turn of the same route in the table before
    Shares(List<Share> shares, AtomicInteger turn) {
        this.shares = List.copyOf(shares);
        this.total = shares.stream().mapToInt(Share::weight).sum();
        this.step = step(total);
        this.turn = turn;
    }

    /// Has no divisor in common with the total, so that each place of the row comes once.
    private static int step(int total) {
        int step = Math.max(1, (int) (total * GOLDEN));
        while (gcd(step, total) != 1) {
            step++;
        }
        return step;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    @Override
    public Optional<Backend> acquire(List<Backend> tried, long now, Requester requester) {
        long place = Integer.toUnsignedLong(turn.getAndIncrement()) * step % total;
        int first = 0;
        while (place >= shares.get(first).weight) {
            place -= shares.get(first).weight;
            first++;
        }
        for (int i = 0; i < shares.size(); i++) {
            var share = shares.get((first + i) % shares.size());
            var found = share.pool.acquire(tried, now, requester);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
