package io.ekiden.simulator.world;

import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.log.Partition;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;

/// One process's producer: what it sends arrives in order, and it tells of each record whether the
/// log has acknowledged it. One that was not acknowledged in time may or may not be there.
final class Sender {
    private static final long DELIVERY = 10 * Timeline.SECOND;
    private static final long RETRY = 500 * Timeline.MILLI;

    private final World world;
    private final Node node;
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private boolean pumping;
    private boolean closed;

    Sender(World world, Node node) {
        this.world = world;
        this.node = node;
    }

    private record Pending(
            Partition to, String key, Optional<Object> value, long since, Consumer<Boolean> done) {}

    void send(Partition to, String key, Object value, Consumer<Boolean> done) {
        queue.add(new Pending(to, key, Optional.of(value), world.now(), done));
        pumpAfter(node.delay());
    }

    /// A record without value.
    void mark(Partition to, String key) {
        queue.add(new Pending(to, key, Optional.empty(), world.now(), _ -> {}));
        pumpAfter(node.delay());
    }

    private void pumpAfter(long micros) {
        if (!pumping) {
            pumping = true;
            world.after(micros, this::pump);
        }
    }

    private void pump() {
        pumping = false;
        if (closed || queue.isEmpty()) {
            return;
        }
        var head = queue.peek();
        if (node.paused()) {
            pumpAfter(RETRY);
        } else if (world.now() - head.since() > DELIVERY) {
            queue.remove();
            head.done().accept(false);
            pumpAfter(0);
        } else if (node.writable()) {
            queue.remove();
            arrive(head);
            pumpAfter(node.delay() / 4);
        } else {
            pumpAfter(RETRY);
        }
    }

    private void arrive(Pending record) {
        boolean unknown = world.happens(Fault.OUTCOME_UNKNOWN);
        boolean lost = unknown && world.choose("unknown.lost", 2) == 1;
        if (!lost) {
            append(record);
            if (world.happens(Fault.DUPLICATE)) {
                append(record);
            }
        }
        acknowledge(record, unknown);
    }

    private void append(Pending record) {
        if (record.to() == world.log().desiredState()) {
            world.evidence().written(record.key());
        }
        world.log().append(record.to(), record.key(), record.value());
    }

    private void acknowledge(Pending record, boolean unknown) {
        world.after(
                unknown ? DELIVERY : node.delay(),
                () -> {
                    if (closed) {
                        return;
                    }
                    if (!unknown && node.readable()) {
                        record.done().accept(true);
                    } else if (unknown || world.now() - record.since() > DELIVERY) {
                        record.done().accept(false);
                    } else {
                        acknowledgeLater(record);
                    }
                });
    }

    private void acknowledgeLater(Pending record) {
        world.after(RETRY, () -> acknowledge(record, false));
    }

    void close() {
        closed = true;
    }
}
