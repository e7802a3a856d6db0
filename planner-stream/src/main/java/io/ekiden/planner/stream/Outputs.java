package io.ekiden.planner.stream;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.Codec;
import io.ekiden.log.Commands;
import io.ekiden.log.EntryHash;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.StateRecord;
import io.ekiden.log.Topics;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.state.ClusterImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.apache.kafka.common.utils.Bytes;

/// All that a journal entry puts on Kafka, as bytes, before any of it is sent: whatever cannot be
/// written or would be too large is found out while the decision can still be undone.
record Outputs(
        JournalEntry entry,
        Bytes entryBytes,
        List<Keyed> state,
        List<Keyed> commands,
        List<Keyed> endpoints) {

    /// The largest journal entry.
    static final int MAX_ENTRY_BYTES = 8 << 20;

    /// The largest record of the others: what a topic takes, less what surrounds a record.
    static final int MAX_RECORD_BYTES = Topics.MAX_MESSAGE_BYTES - (64 << 10);

    /// One record; a tombstone when it has no value.
    record Keyed(String key, Outgoing record) {}

    /// A record would be too large for its topic.
    static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1;

        private final long bytes;
        private final long limit;

        TooLarge(long bytes, long limit) {
            super("%d bytes are needed, %d are allowed".formatted(bytes, limit));
            this.bytes = bytes;
            this.limit = limit;
        }

        long bytes() {
            return bytes;
        }

        long limit() {
            return limit;
        }
    }

    /// @param changed the keys of the entities that the entry's facts changed
    /// @param image as the facts have left it
    static Outputs of(JournalEntry entry, SortedSet<String> changed, ClusterImage image)
            throws TooLarge {
        var bytes = Codec.encode(JournalEntry.class, entry);
        check(bytes, MAX_ENTRY_BYTES);
        var state = new ArrayList<Keyed>();
        for (var key : changed) {
            var value = image.entity(key).map(entity -> state(entry, entity)).orElse(null);
            state.add(keyed(key, 0, value));
        }
        var commands = new ArrayList<Keyed>();
        for (var command : Commands.of(entry)) {
            commands.add(
                    keyed(
                            command.command().agentId(),
                            command.partition(),
                            Codec.encode(AgentCommand.class, command.command())));
        }
        return new Outputs(entry, Bytes.wrap(bytes), state, commands, endpoints(entry));
    }

    private static byte[] state(JournalEntry entry, Entity entity) {
        return Codec.encode(StateRecord.class, new StateRecord(entry.sequence(), entity));
    }

    private static List<Keyed> endpoints(JournalEntry entry) throws TooLarge {
        var endpoints = new ArrayList<Keyed>();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.EndpointPut(var endpoint)) {
                var value = Codec.encode(Endpoint.class, endpoint);
                endpoints.add(keyed(endpoint.key(), 0, value));
            } else if (fact instanceof Fact.EndpointGone(var key)) {
                endpoints.add(keyed(key, 0, null));
            }
        }
        return endpoints;
    }

    private static Keyed keyed(String key, int partition, byte[] value) throws TooLarge {
        check(value, MAX_RECORD_BYTES);
        return new Keyed(key, new Outgoing(partition, value));
    }

    private static void check(byte[] value, long limit) throws TooLarge {
        if (value != null && value.length > limit) {
            throw new TooLarge(value.length, limit);
        }
    }

    /// The head that goes with this entry once its state is in the store.
    Head head(String checksum, long count, List<Head.Position> inputs) {
        return new Head(
                entry.sequence(),
                entry.time(),
                EntryHash.of(entryBytes.get()),
                checksum,
                count,
                inputs);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
