package io.ekiden.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.Given;
import io.ekiden.gateway.TestCluster;
import io.ekiden.gateway.core.Applied;
import io.ekiden.log.Fact;
import io.ekiden.log.Topics.Topic;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestCluster cluster = new TestCluster();
    private final Follower follower = new Follower(cluster.clients(), cluster.topics());
    private final ReadBarrier barrier =
            new ReadBarrier(cluster.clients(), cluster.topics(), follower, PATIENCE);

    @AfterEach
    void close() {
        barrier.close();
        follower.close();
        cluster.close();
    }

    private void put(String id) {
        cluster.planner().append(new Fact.RunSpecPut(Given.app(id)));
    }

    private List<String> apps() {
        return follower.read(image -> image.apps().stream().map(app -> app.id().value()).toList())
                .value();
    }

    private void awaitSequence(long sequence) {
        await().atMost(PATIENCE).until(() -> follower.sequence() == sequence);
    }

    private void produce(Topic topic, String key, String value) throws Exception {
        try (var producer =
                new KafkaProducer<byte[], byte[]>(
                        Map.of(
                                "bootstrap.servers", cluster.bootstrap(),
                                "key.serializer", ByteArraySerializer.class,
                                "value.serializer", ByteArraySerializer.class))) {
            producer.send(new ProducerRecord<>(topic.fullName(), 0, utf8(key), utf8(value))).get();
        }
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void itBeginsWithTheStateAndGoesOnWithTheJournal() {
        put("/a");
        put("/b");
        cluster.planner().append(new Fact.RunSpecGone(RunSpec.Kind.APP, PathId.of("/a")));
        var entries = new CopyOnWriteArrayList<Applied>();
        follower.listen(entries::add);

        follower.start();
        awaitSequence(3);
        assertThat(apps()).containsExactly("/b");
        assertThat(entries).isEmpty();
        put("/c");
        awaitSequence(4);

        assertThat(apps()).containsExactly("/b", "/c");
        assertThat(entries).extracting(applied -> applied.entry().sequence()).containsExactly(4L);
        assertThat(entries.getFirst().created()).containsExactly(PathId.of("/c"));
        assertThat(follower.trouble()).isEmpty();
    }

    /// As when one gateway has answered a write and the next read goes to another.
    @Test
    void aReadSeesWhatAnotherFollowerHasSeen() throws Exception {
        put("/a");
        follower.start();
        awaitSequence(1);
        barrier.pass().get();
        var stuck = new CountDownLatch(1);
        follower.listen(_ -> awaitQuietly(stuck));
        try (var other = new Follower(cluster.clients(), cluster.topics())) {
            other.start();
            put("/b");
            put("/c");
            await().atMost(PATIENCE).until(() -> other.sequence() == 3);
        }

        var fresh = barrier.pass();

        assertThatThrownBy(() -> fresh.get(1, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        stuck.countDown();
        fresh.get(20, TimeUnit.SECONDS);
        assertThat(apps()).containsExactly("/a", "/b", "/c");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aReadGivesUpWhenTheFollowerStandsStill() {
        put("/a");
        var hasty =
                new ReadBarrier(
                        cluster.clients(), cluster.topics(), follower, Duration.ofSeconds(1));

        try (hasty) {
            assertThatThrownBy(() -> hasty.pass().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void recordsOfOthersDoNotStopIt() throws Exception {
        put("/a");
        follower.start();
        awaitSequence(1);

        produce(cluster.topics().journal(), "7", "poison");
        produce(cluster.topics().journal(), "x", "{\"v\":99,\"record\":{}}");
        produce(cluster.topics().clusterState(), "poison", "poison");
        put("/b");
        awaitSequence(2);

        assertThat(follower.foreignRecords()).isEqualTo(2);
        barrier.pass().get();
        assertThat(apps()).containsExactly("/a", "/b");
        try (var another = new Follower(cluster.clients(), cluster.topics())) {
            another.start();
            await().atMost(PATIENCE).until(() -> another.sequence() == 2);
        }
    }

    @Test
    void whatLooksLikeTheNextEntryIsOnlyPassedOverAfterTheStateWasReadAnew() throws Exception {
        var restarts = new CopyOnWriteArrayList<Long>();
        follower.listen(
                new EntryListener() {
                    @Override
                    public void applied(Applied applied) {}

                    @Override
                    public void restarted() {
                        restarts.add(follower.sequence());
                    }
                });
        put("/a");
        follower.start();
        awaitSequence(1);

        produce(cluster.topics().journal(), "2", "{\"v\":99,\"record\":{}}");
        await().atMost(PATIENCE).until(() -> restarts.size() >= 2);
        put("/b");
        awaitSequence(2);

        assertThat(apps()).containsExactly("/a", "/b");
    }

    @Test
    void aStateThatIsNotWhatItsHeadSaysIsNotServed() throws Exception {
        put("/a");
        put("/b");
        produce(cluster.topics().clusterState(), "spec/a", null);

        follower.start();

        await().atMost(PATIENCE)
                .until(() -> follower.trouble().filter(w -> w.contains("its head")).isPresent());
        assertThat(follower.sequence()).isZero();
        // The planner writes the entity anew: the damage is healed.
        put("/a");
        await().atMost(PATIENCE).until(() -> follower.trouble().isEmpty());
        assertThat(apps()).containsExactly("/a", "/b");
    }
}
