package io.ekiden.planner.stream;

import io.ekiden.log.TopicAdmin;
import io.ekiden.planner.core.Planner;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A planner: reads what is wanted and what was reported, decides, and writes journal, state,
/// commands and endpoints, each input in one transaction. Any number may run against one Kafka: one
/// decides, one keeps its state warm and takes over when the first falls silent.
///
/// [#start] checks Kafka and the topics, makes missing ones, and returns while the state is still
/// being restored. After that it goes on by itself through every trouble of Kafka's. It stops only
/// when the state that it restored is not the one it left; then [#refusal] says why, and nothing is
/// decided until somebody has looked.
public final class PlannerStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerStream.class);

    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final PlannerConfig config;
    private final Planner planner;
    private final Decider decider;
    private final MachineClock clock;
    private final PlannerStatus status = new PlannerStatus();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Optional<Running> running = Optional.empty();

    private record Running(KafkaStreams streams, HeartbeatTail heartbeats, Admin admin) {}

    public PlannerStream(PlannerConfig config) {
        this(config, new Planner(config.settings())::decide, MachineClock.SYSTEM);
    }

    PlannerStream(PlannerConfig config, Decider decider, MachineClock clock) {
        this.config = config;
        this.planner = new Planner(config.settings());
        this.decider = decider;
        this.clock = clock;
    }

    /// @throws TopicAdmin.Unreachable when Kafka does not answer within the patience
    /// @throws TopicAdmin.Unfit when Kafka or a topic is not as it must be
    public synchronized void start() {
        if (running.isPresent()) {
            throw new IllegalStateException("started already");
        }
        var clientSettings = StreamsSettings.ofClients(config);
        var admin = Admin.create(clientSettings);
        try {
            running = Optional.of(start(admin, clientSettings));
        } finally {
            if (running.isEmpty()) {
                admin.close(Duration.ZERO);
            }
        }
    }

    private Running start(Admin admin, Map<String, Object> clientSettings) {
        var topics = config.topics();
        var clusterId =
                TopicAdmin.ensure(admin, topics, config.replicationFactor(), config.patience());
        var session = BrokerProbe.sessionTimeout(admin, config.sessionTimeout());
        var liveness = new Liveness(config.silence(), clock);
        var shell =
                new PlannerShell(
                        topics,
                        clusterId,
                        BrokerProbe.sourceIds(admin, topics),
                        decider,
                        planner,
                        clock,
                        liveness,
                        new Strikes(),
                        status,
                        () -> BrokerProbe.journalHasEntries(topics, clientSettings));
        var clients = new OwnClients();
        var fence = new Fence(admin, topics.plannerApplicationId(), clients::transactionalIds);
        var streams =
                new KafkaStreams(
                        PlannerTopology.of(shell), StreamsSettings.of(config, session), clients);
        streams.setUncaughtExceptionHandler(this::answer);
        streams.setStateListener((now, before) -> changed(now, before));
        streams.setGlobalStateRestoreListener(fence);
        streams.setStandbyUpdateListener(fence);
        var heartbeats = new HeartbeatTail(topics, clientSettings, liveness, clock);
        heartbeats.start();
        streams.start();
        LOG.info(
                "planner=started kafka={} bootstrap={} session={}ms",
                clusterId,
                config.bootstrapServers(),
                session.toMillis());
        return new Running(streams, heartbeats, admin);
    }

    private void changed(KafkaStreams.State now, KafkaStreams.State before) {
        LOG.info("streams={} before={}", now, before);
        if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
            ended.countDown();
        }
    }

    /// A thread that failed is replaced: its transaction was aborted, its successor begins where
    /// the last committed one ended. Not so when trying again cannot help.
    private StreamThreadExceptionResponse answer(Throwable failure) {
        var refused = refusal(failure);
        if (refused.isPresent()) {
            status.refused(refused.get());
            LOG.error("planner=refused why={}", refused.get());
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError)) {
            status.refused(failure.toString());
            LOG.error("planner=stopped why={}", failure.toString());
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.error("thread=replaced", failure);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private static Optional<String> refusal(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StateRefused) {
                return Optional.of(cause.getMessage());
            }
        }
        return Optional.empty();
    }

    /// Whether this planner is the one that decides.
    public boolean isActive() {
        return status.isActive();
    }

    /// Whether this planner decides, and one has decided an input in this cluster's life: what a
    /// user asks now will be answered.
    public boolean isReady() {
        return status.isActive() && status.sequence() > 0;
    }

    /// Of the newest entry that this planner decided or restored; 0 for none. It may still be
    /// aborted.
    public long sequence() {
        return status.sequence();
    }

    /// How many records this planner has set aside since it was made.
    public long deadLetters() {
        return status.deadLetters();
    }

    /// Why it has stopped by itself; empty as long as it has not.
    public Optional<String> refusal() {
        return status.refusal();
    }

    /// Waits until it has stopped, by itself or by [#close].
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Leaves the group, so that a standby takes over at once. Safe to call more than once.
    @Override
    public synchronized void close() {
        running.ifPresent(parts -> {
            parts.streams()
                    .close(
                            CloseOptions.groupMembershipOperation(
                                            CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                                    .withTimeout(CLOSE));
            parts.heartbeats().close();
            parts.admin().close(CLOSE);
        });
        running = Optional.empty();
        ended.countDown();
    }
}
