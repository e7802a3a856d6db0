package io.ekiden.simulator.world;

import io.ekiden.log.Head;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.StateChecksum;
import io.ekiden.log.StateRecord;
import io.ekiden.simulator.log.Partition;
import io.ekiden.simulator.log.Slot;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// The planner's state: the image, the head, and the checksum over what was written. It is restored
/// from `cluster-state`, which has to be what its head says.
final class Restored {
    private final Wire wire;
    private final ClusterImage image = new ClusterImage();
    private final StateChecksum checksum = new StateChecksum();
    private Optional<Head> head = Optional.empty();

    Restored(Wire wire) {
        this.wire = wire;
    }

    /// The state is not what its head says it is, or it is gone while the journal is not.
    static final class Damaged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Damaged(String why) {
            super(why);
        }
    }

    void restore(Partition clusterState, Partition journal) {
        clusterState.committed().forEach(this::restore);
        if (head.isEmpty() && journal.stable() > 0 && !journal.committed().isEmpty()) {
            throw new Damaged("the journal has entries but cluster-state is empty");
        }
        head.ifPresent(this::check);
    }

    private void restore(Slot slot) {
        if (slot.key().equals(Head.KEY)) {
            head = slot.value().map(value -> wire.read(Head.class, value));
            return;
        }
        record(slot.key(), slot.value());
        slot.value()
                .ifPresentOrElse(
                        value -> image.put(wire.read(StateRecord.class, value).entity()),
                        () -> image.remove(slot.key()));
    }

    private void check(Head said) {
        if (said.count() != image.size() || !said.checksum().equals(sum())) {
            throw new Damaged(
                    "cluster-state has %d entities and checksum %s, its head says %d and %s"
                            .formatted(image.size(), sum(), said.count(), said.checksum()));
        }
    }

    /// Counts a record into the checksum.
    void record(String key, Optional<Object> value) {
        if (wire.bytes()) {
            value.ifPresentOrElse(
                    bytes -> checksum.put(key, (byte[]) bytes), () -> checksum.remove(key));
        }
    }

    private String sum() {
        return wire.bytes() ? checksum.sum() : "";
    }

    /// The head after an entry whose changes are in the image.
    Head advance(JournalEntry entry, Object packed, SortedMap<String, Long> positions) {
        List<Head.Position> inputs =
                positions.entrySet().stream()
                        .map(e -> new Head.Position(e.getKey(), "", e.getValue()))
                        .toList();
        var next =
                new Head(
                        entry.sequence(),
                        entry.time(),
                        wire.hash(entry, packed),
                        sum(),
                        image.size(),
                        inputs);
        head = Optional.of(next);
        return next;
    }

    ClusterImage image() {
        return image;
    }

    Optional<Head> head() {
        return head;
    }

    long sequence() {
        return head.map(Head::sequence).orElse(0L);
    }

    String hash() {
        return head.map(Head::entryHash).orElse("");
    }
}
