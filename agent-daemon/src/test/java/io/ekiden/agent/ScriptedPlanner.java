package io.ekiden.agent;

import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.AgentJoined;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.AgentReport.TaskStatus;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.Topics;
import io.ekiden.model.KillCause;
import io.ekiden.model.TaskId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Plays the planner's part by hand: reads what agents say from the beginning of the log, and says
/// what a test wants said, in transactions as the planner does.
public final class ScriptedPlanner implements AutoCloseable {
    static final int PARTITION = 7;

    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<AgentReport> reports = new ArrayList<>();
    private final List<Heartbeat> heartbeats = new ArrayList<>();
    private final List<String> deadLetters = new ArrayList<>();
    private long sequence = 100;

    ScriptedPlanner(String bootstrap, Topics topics) {
        this.topics = topics;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "transactional.id",
                                topics.prefix() + "scripted"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        producer.initTransactions();
        this.consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        var partitions =
                Stream.of(topics.agentReports(), topics.heartbeats(), topics.deadLetters())
                        .map(topic -> new TopicPartition(topic.fullName(), 0))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    private void read() {
        for (var message : consumer.poll(Duration.ofMillis(50))) {
            try {
                if (message.topic().equals(topics.agentReports().fullName())) {
                    reports.add(Codec.decode(AgentReport.class, message.value()));
                } else if (message.topic().equals(topics.heartbeats().fullName())) {
                    heartbeats.add(Codec.decode(Heartbeat.class, message.value()));
                } else {
                    deadLetters.add(new String(message.value(), StandardCharsets.UTF_8));
                }
            } catch (Codec.Unreadable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    List<AgentReport> reports() {
        read();
        return List.copyOf(reports);
    }

    List<Heartbeat> heartbeats() {
        read();
        return List.copyOf(heartbeats);
    }

    List<String> deadLetters() {
        read();
        return List.copyOf(deadLetters);
    }

    <T> T report(Class<T> kind, Predicate<T> wanted) {
        Function<List<AgentReport>, Optional<T>> found =
                all ->
                        all.stream()
                                .filter(kind::isInstance)
                                .map(kind::cast)
                                .filter(wanted)
                                .findFirst();
        return await().atMost(Duration.ofSeconds(40))
                .until(() -> found.apply(reports()), Optional::isPresent)
                .orElseThrow();
    }

    /// The newest join, once there are this many.
    AgentJoined joined(int count) {
        return await().atMost(Duration.ofSeconds(40))
                .until(() -> joins(), all -> all.size() >= count)
                .getLast();
    }

    List<AgentJoined> joins() {
        return reports().stream()
                .filter(AgentJoined.class::isInstance)
                .map(AgentJoined.class::cast)
                .toList();
    }

    TaskStatus status(TaskId task, TaskState state) {
        return report(TaskStatus.class, s -> s.taskId().equals(task) && s.state() == state);
    }

    List<TaskStatus> statuses(TaskId task) {
        return reports().stream()
                .filter(TaskStatus.class::isInstance)
                .map(TaskStatus.class::cast)
                .filter(s -> s.taskId().equals(task))
                .toList();
    }

    /// Answers every join until the agent is heard in the epoch given; gives that.
    long admit() {
        var answered = new AtomicReference<>("");
        var epoch = new AtomicLong();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    var join = joined(1);
                    if (!answered.getAndSet(join.session()).equals(join.session())) {
                        epoch.set(welcome(join));
                    }
                    return heartbeats().stream().anyMatch(h -> h.epoch() == epoch.get());
                });
        return epoch.get();
    }

    /// Answers this join; gives the epoch.
    long welcome(AgentJoined join, AgentCommand.Task... assignment) {
        return welcome(join.memberId(), join.session(), "cluster-1", assignment);
    }

    long welcome(String agent, String session, String cluster, AgentCommand.Task... assignment) {
        long epoch = ++sequence;
        say(0, welcome(agent, epoch, session, cluster, PARTITION, assignment));
        return epoch;
    }

    /// A welcome to an agent with these tasks.
    public static AgentCommand.Welcome welcome(
            String agent,
            long epoch,
            String session,
            String cluster,
            int partition,
            AgentCommand.Task... assignment) {
        var tasks = List.of(assignment);
        return new AgentCommand.Welcome(
                agent,
                epoch,
                epoch,
                session,
                cluster,
                partition,
                tasks.stream().map(AgentCommand.Task::spec).distinct().toList(),
                tasks.stream()
                        .map(task ->
                                new Fact.Assigned(
                                        task.taskId(),
                                        task.spec().id(),
                                        task.spec().version(),
                                        task.hostPorts(),
                                        task.volumes(),
                                        task.launch()))
                        .toList());
    }

    void launch(String agent, long epoch, AgentCommand.Task task) {
        say(PARTITION, new AgentCommand.Launch(agent, epoch, ++sequence, task));
    }

    void kill(String agent, long epoch, TaskId task) {
        say(
                PARTITION,
                new AgentCommand.Kill(
                        agent, epoch, ++sequence, task, KillCause.USER, Optional.empty()));
    }

    void rejoin(String agent, long epoch) {
        say(0, new AgentCommand.Rejoin(agent, epoch, ++sequence));
    }

    private void say(int partition, AgentCommand command) {
        say(partition, command.agentId(), Codec.encode(AgentCommand.class, command));
    }

    void say(int partition, String agent, byte[] value) {
        producer.beginTransaction();
        try {
            producer.send(
                            new ProducerRecord<>(
                                    topics.agentCommands().fullName(),
                                    partition,
                                    agent.getBytes(StandardCharsets.UTF_8),
                                    value))
                    .get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        consumer.close();
    }
}
