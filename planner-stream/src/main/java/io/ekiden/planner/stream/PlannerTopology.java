package io.ekiden.planner.stream;

import io.ekiden.log.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// One task: both sources as bytes, one processor with one store, a sink for each topic that it
/// writes.
final class PlannerTopology {
    static final String INPUTS = "inputs";
    static final String PLANNER = "planner";
    static final String JOURNAL = "journal";
    static final String COMMANDS = "agent-commands";
    static final String ENDPOINTS = "endpoints";
    static final String DEAD_LETTERS = "dead-letters";

    private static final Serializer<Outgoing> VALUE = (_, outgoing) -> outgoing.value();
    private static final StreamPartitioner<byte[], Outgoing> PARTITION =
            (_, _, outgoing, _) -> Optional.of(Set.of(outgoing.partition()));

    private PlannerTopology() {}

    static Topology of(PlannerShell shell) {
        var topics = shell.topics();
        var topology =
                new Topology()
                        .addSource(
                                AutoOffsetReset.earliest(),
                                INPUTS,
                                // A source may hold a time before 1970; it means nothing here.
                                (record, _) -> Math.max(0, record.timestamp()),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer(),
                                topics.desiredState().fullName(),
                                topics.agentReports().fullName())
                        .addProcessor(PLANNER, () -> new PlannerProcessor(shell), INPUTS)
                        .addStateStore(store(), PLANNER);
        sink(topology, JOURNAL, topics.journal());
        sink(topology, COMMANDS, topics.agentCommands());
        sink(topology, ENDPOINTS, topics.endpoints());
        sink(topology, DEAD_LETTERS, topics.deadLetters());
        return topology;
    }

    private static void sink(Topology topology, String name, Topics.Topic topic) {
        topology.addSink(
                name, topic.fullName(), new ByteArraySerializer(), VALUE, PARTITION, PLANNER);
    }

    /// Streams names the changelog after the application and the store: `cluster-state`.
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store() {
        return Stores.keyValueStoreBuilder(new Supplier(), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of())
                .withCachingDisabled();
    }

    private static final class Supplier implements KeyValueBytesStoreSupplier {
        @Override
        public String name() {
            return Topics.STORE;
        }

        @Override
        public KeyValueStore<Bytes, byte[]> get() {
            return new ImageStore();
        }

        @Override
        public String metricsScope() {
            return "image";
        }
    }
}
