package io.ekiden.simulator.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Records and positions that are committed together or not at all.
public final class Transaction {
    /// How it stands.
    enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    private final long epoch;
    final List<Slot> slots = new ArrayList<>();
    final TreeMap<String, Long> offsets = new TreeMap<>();
    State state = State.OPEN;

    Transaction(long epoch) {
        this.epoch = epoch;
    }

    public long epoch() {
        return epoch;
    }

    /// Commits with it that `source` is consumed before `next`.
    public void consumed(String source, long next) {
        offsets.put(source, next);
    }

    public Map<String, Long> offsets() {
        return offsets;
    }

    boolean open() {
        return state == State.OPEN;
    }
}
