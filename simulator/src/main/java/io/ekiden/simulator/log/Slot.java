package io.ekiden.simulator.log;

import java.util.Optional;

/// One record at its place.
///
/// @param value empty for a tombstone
/// @param timestamp milliseconds, when the log took it
/// @param transaction that it belongs to; empty for one that was written outside any
public record Slot(
        Partition partition,
        long offset,
        String key,
        Optional<Object> value,
        long timestamp,
        Optional<Transaction> transaction) {

    boolean undecided() {
        return transaction.filter(Transaction::open).isPresent();
    }

    boolean visible() {
        return transaction.filter(t -> t.state != Transaction.State.COMMITTED).isEmpty();
    }
}
