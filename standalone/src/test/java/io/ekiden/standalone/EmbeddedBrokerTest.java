package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedBrokerTest {
    private static final String TOPIC = "letters";

    @TempDir Path directory;

    @Test
    void startedAgainOnTheSameDirectoryItIsTheSameClusterWithTheSameData() throws Exception {
        String cluster;
        try (var broker = EmbeddedBroker.start(directory, "127.0.0.1", 0)) {
            cluster = broker.clusterId();
            try (var admin = Admin.create(client(broker))) {
                assertThat(admin.describeCluster().clusterId().get()).isEqualTo(cluster);
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
            write(broker, "kept");
        }
        try (var broker = EmbeddedBroker.start(directory, "127.0.0.1", 0)) {
            assertThat(broker.clusterId()).isEqualTo(cluster);
            assertThat(readFirst(broker)).isEqualTo("kept");
        }
    }

    @Test
    void transactionsAreOfTheSecondVersion() throws Exception {
        try (var broker = EmbeddedBroker.start(directory, "127.0.0.1", 0);
                var admin = Admin.create(client(broker))) {
            var features = admin.describeFeatures().featureMetadata().get().finalizedFeatures();
            assertThat(features.get("transaction.version").maxVersionLevel()).isEqualTo((short) 2);
        }
    }

    private static Map<String, Object> client(EmbeddedBroker broker) {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static void write(EmbeddedBroker broker, String value) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        client(broker), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, 0, "key", value)).get();
        }
    }

    private static String readFirst(EmbeddedBroker broker) {
        try (var consumer =
                new KafkaConsumer<>(
                        client(broker), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
            consumer.seek(new TopicPartition(TOPIC, 0), 0);
            return consumer.poll(Duration.ofSeconds(10)).iterator().next().value();
        }
    }
}
