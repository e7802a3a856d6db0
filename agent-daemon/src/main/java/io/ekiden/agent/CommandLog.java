package io.ekiden.agent;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.Codec;
import io.ekiden.log.Commands;
import io.ekiden.log.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows `agent-commands`: partition 0 from its end when the agent first joins, and the agent's
/// own partition from where it ended before the join that was answered. No consumer group and no
/// committed offsets: what matters is said again in every welcome. Reads on while Kafka is away.
final class CommandLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 1000;

    private final String agentId;
    private final String topic;
    private final Listener listener;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, Long> noted = new HashMap<>();
    private final Thread reader;
    private volatile boolean closed;

    /// Is told of what was read, on the reader's thread.
    interface Listener {
        void command(AgentCommand command);

        void unreadable(ConsumerRecord<byte[], byte[]> poison, String why);

        /// Commands may have been missed.
        void lost(String why);
    }

    CommandLog(String agentId, Topics topics, Map<String, Object> kafka, Listener listener) {
        this.agentId = agentId;
        this.topic = topics.agentCommands().fullName();
        this.listener = listener;
        var settings = new HashMap<>(kafka);
        settings.put(
                ConsumerConfig.CLIENT_ID_CONFIG, "ekiden-agent-%s-commands".formatted(agentId));
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.reader = Thread.ofPlatform().name("commands-" + agentId).daemon().start(this::read);
    }

    /// Notes where every partition ends now, and follows partition 0 from there if it is not
    /// followed yet. Completes exceptionally when Kafka does not answer.
    CompletableFuture<Void> noteEnds() {
        return request(this::noteEndsNow);
    }

    private void noteEndsNow() {
        var before = Set.copyOf(consumer.assignment());
        // Assigned for the time of the question only: the client complains about others' offsets.
        consumer.assign(all());
        try {
            noted.putAll(consumer.endOffsets(all(), ASK));
        } finally {
            consumer.assign(before);
        }
        if (!before.contains(welcomes())) {
            consumer.assign(List.of(welcomes()));
            consumer.seek(welcomes(), noted.get(welcomes()));
        }
    }

    /// Follows this partition, from the offset that was noted last, besides partition 0.
    void follow(int partition) {
        var _ = request(() -> followNow(new TopicPartition(topic, partition)));
    }

    private void followNow(TopicPartition own) {
        consumer.assign(List.of(welcomes()));
        if (!own.equals(welcomes())) {
            consumer.assign(List.of(welcomes(), own));
            consumer.seek(own, noted.get(own));
        }
    }

    private TopicPartition welcomes() {
        return new TopicPartition(topic, Commands.WELCOME_PARTITION);
    }

    private List<TopicPartition> all() {
        return IntStream.range(0, Topics.COMMAND_PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private CompletableFuture<Void> request(Runnable work) {
        var done = new CompletableFuture<Void>();
        requests.add(() -> {
            try {
                runAwake(work);
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        consumer.wakeup();
        return done;
    }

    /// The call that woke the reader for this work may reach the work itself instead.
    private void runAwake(Runnable work) {
        try {
            work.run();
        } catch (WakeupException e) {
            if (closed) {
                throw e;
            }
            runAwake(work);
        }
    }

    private void read() {
        while (!closed) {
            try {
                for (var work = requests.poll(); work != null; work = requests.poll()) {
                    work.run();
                }
                if (consumer.assignment().isEmpty()) {
                    pause();
                } else {
                    consumer.poll(POLL).forEach(this::take);
                }
            } catch (WakeupException e) {
                LOG.trace("agent={} woken", agentId);
            } catch (InvalidOffsetException e) {
                LOG.warn("agent={} commands lost why={}", agentId, e.getMessage());
                consumer.unsubscribe();
                listener.lost("the place in agent-commands is lost");
            } catch (InterruptException e) {
                break;
            } catch (RuntimeException e) {
                LOG.warn("agent={} cannot read commands why={}", agentId, e.toString());
                pause();
            }
        }
        consumer.close();
    }

    private void take(ConsumerRecord<byte[], byte[]> message) {
        var key =
                message.key() == null ? agentId : new String(message.key(), StandardCharsets.UTF_8);
        if (!key.equals(agentId)) {
            return;
        }
        try {
            listener.command(Codec.decode(AgentCommand.class, message.value()));
        } catch (Codec.Unreadable e) {
            listener.unreadable(message, e.getMessage());
        }
    }

    private void pause() {
        try {
            for (long left = PAUSE_MILLIS; left > 0 && requests.isEmpty() && !closed; left -= 50) {
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            reader.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
