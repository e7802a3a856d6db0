package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ekiden.log.TopicAdmin;
import io.ekiden.log.Topics;
import io.ekiden.testkit.TestBroker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.processor.StandbyUpdateListener.SuspendReason;
import org.junit.jupiter.api.Test;

final class FenceTest {
    private static final Topics TOPICS = new Topics("fence.");
    private static final String BROKER = TestBroker.shared().bootstrap();

    @Test
    void endsTheOpenTransactionOfADeadPlannerAndSparesItsOwnAndThoseOfOthers() {
        TopicAdmin.ensure(BROKER, TOPICS, (short) 1, Duration.ofSeconds(20));
        var application = TOPICS.plannerApplicationId();
        var ownId = application + "-" + UUID.randomUUID() + "-1";
        var neighbour = application + "-2.planner-" + UUID.randomUUID() + "-1";
        try (var dead = open(application + "-" + UUID.randomUUID() + "-1");
                var own = open(ownId);
                var other = open(neighbour);
                var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", BROKER))) {
            var fence = new Fence(admin, application, () -> Set.of(ownId));

            fence.onUpdateSuspended(
                    new TopicPartition("any", 0), "store", 1, 1, SuspendReason.PROMOTED);

            assertThatThrownBy(dead::commitTransaction).isInstanceOf(KafkaException.class);
            assertThatCode(own::commitTransaction).doesNotThrowAnyException();
            assertThatCode(other::commitTransaction).doesNotThrowAnyException();
        }
        try (var log = new TestLog(BROKER, TOPICS)) {
            assertThat(log.read(TOPICS.deadLetters())).hasSize(2);
        }
    }

    @Test
    void aFenceThatFailsStopsNobody() {
        var settings =
                Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + TestBroker.freePort());
        var admin = Admin.create(settings);
        try {
            var fence = new Fence(admin, "any", Set::of);
            assertThatCode(() -> fence.onRestoreStart(new TopicPartition("any", 0), "", 0, 0))
                    .doesNotThrowAnyException();
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static KafkaProducer<byte[], byte[]> open(String transactionalId) {
        var producer =
                new KafkaProducer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers", BROKER, "transactional.id", transactionalId),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                TOPICS.deadLetters().fullName(), 0, null, new byte[1]));
        producer.flush();
        return producer;
    }
}
