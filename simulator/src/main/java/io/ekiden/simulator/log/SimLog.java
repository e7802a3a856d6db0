package io.ekiden.simulator.log;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/// The log: what the broker does. One transactional writer at a time, the planner; a new one fences
/// the one before and ends what that had begun.
public final class SimLog {
    public static final int COMMAND_PARTITIONS = 64;

    /// So long a reader may be away without missing a tombstone.
    public static final long TOMBSTONES_KEPT_MILLIS = 60_000;

    private final LongSupplier millis;
    private final BiConsumer<List<Slot>, Long> committed;
    private final Partition desiredState = new Partition("desired-state");
    private final Partition agentReports = new Partition("agent-reports");
    private final Partition heartbeats = new Partition("heartbeats");
    private final Partition journal = new Partition("journal");
    private final Partition clusterState = new Partition("cluster-state");
    private final Partition endpoints = new Partition("endpoints");
    private final List<Partition> commands = new ArrayList<>();
    private final TreeMap<String, Long> groupOffsets = new TreeMap<>();
    private final TreeMap<String, Long> decided = new TreeMap<>();
    private Optional<Transaction> open = Optional.empty();
    private long epoch;

    /// @param millis the broker's clock
    /// @param committed is told of the journal's records when they are committed, and of the epoch
    ///   that committed them
    public SimLog(LongSupplier millis, BiConsumer<List<Slot>, Long> committed) {
        this.millis = millis;
        this.committed = committed;
        for (int i = 0; i < COMMAND_PARTITIONS; i++) {
            commands.add(new Partition("agent-commands-" + i));
        }
    }

    public Partition desiredState() {
        return desiredState;
    }

    public Partition agentReports() {
        return agentReports;
    }

    public Partition heartbeats() {
        return heartbeats;
    }

    public Partition journal() {
        return journal;
    }

    public Partition clusterState() {
        return clusterState;
    }

    public Partition endpoints() {
        return endpoints;
    }

    public Partition commands(int partition) {
        return commands.get(partition);
    }

    /// A record outside any transaction.
    public void append(Partition to, String key, Optional<Object> value) {
        to.append(key, value, millis.getAsLong(), Optional.empty());
        to.settle();
    }

    /// A new writer: whoever wrote before is fenced, what he had open is aborted.
    public long begin() {
        open.ifPresent(this::abort);
        return ++epoch;
    }

    /// Empty when the writer is fenced.
    public Optional<Transaction> transaction(long writer) {
        if (writer != epoch) {
            return Optional.empty();
        }
        var begun = new Transaction(writer);
        open = Optional.of(begun);
        return open;
    }

    /// False when the transaction is over already.
    public boolean append(Transaction within, Partition to, String key, Optional<Object> value) {
        if (!within.open()) {
            return false;
        }
        within.slots.add(to.append(key, value, millis.getAsLong(), Optional.of(within)));
        return true;
    }

    /// False when the writer is fenced or the transaction is over already.
    public boolean commit(Transaction transaction) {
        if (transaction.epoch() != epoch || !transaction.open()) {
            return false;
        }
        transaction.state = Transaction.State.COMMITTED;
        groupOffsets.putAll(transaction.offsets);
        transaction.offsets.forEach((source, next) -> decided.merge(source, next, Math::max));
        open = Optional.empty();
        committed.accept(
                transaction.slots.stream().filter(s -> s.partition() == journal).toList(),
                transaction.epoch());
        settle(transaction);
        return true;
    }

    public void abort(Transaction transaction) {
        if (transaction.open()) {
            transaction.state = Transaction.State.ABORTED;
            open = open.filter(other -> other != transaction);
            settle(transaction);
        }
    }

    /// The coordinator's time-out: its writer is fenced too.
    public void expire(Transaction transaction) {
        if (transaction.open()) {
            epoch++;
            abort(transaction);
        }
    }

    private static void settle(Transaction transaction) {
        var touched = new LinkedHashSet<Partition>();
        transaction.slots.forEach(slot -> touched.add(slot.partition()));
        touched.forEach(Partition::settle);
    }

    public long consumed(Partition source) {
        return groupOffsets.getOrDefault(source.topic(), 0L);
    }

    /// Up to where a source was ever consumed in a committed transaction.
    public long decided(Partition source) {
        return decided.getOrDefault(source.topic(), 0L);
    }

    /// Kafka forgets where a group stood when nobody uses it for a week.
    public void forgetOffsets() {
        groupOffsets.clear();
    }

    public void compact() {
        long before = millis.getAsLong() - TOMBSTONES_KEPT_MILLIS;
        clusterState.compact(before);
        endpoints.compact(before);
    }

    public boolean transactionOpen() {
        return open.isPresent();
    }
}
