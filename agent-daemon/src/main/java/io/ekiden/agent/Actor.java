package io.ekiden.agent;

import io.ekiden.agent.core.Action;
import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Membership;
import io.ekiden.agent.core.Retention;
import io.ekiden.agent.health.GenericChecks;
import io.ekiden.agent.health.HealthChecks;
import io.ekiden.agent.health.ReadinessChecks;
import io.ekiden.agent.runtime.TaskRecords;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.agent.runtime.Volumes;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentReport.AgentJoined;
import io.ekiden.model.TaskId;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what was decided. Lives on the agent's one thread; what takes long is handed on, and its
/// outcome comes back as an event.
final class Actor {
    private static final Logger LOG = LoggerFactory.getLogger(Actor.class);

    private final AgentConfig config;
    private final String bootId;
    private final ScheduledExecutorService loop;
    private final Consumer<Event> events;
    private final Supplier<AgentState> state;
    private final Identity identity;
    private final TaskRecords records;
    private final TaskRuntime runtime;
    private final Volumes volumes;
    private final SecretKeeper secrets;
    private final HealthChecks checks;
    private final ReadinessChecks readiness;
    private final GenericChecks generic;
    private final ReportLog reports;
    private final CommandLog commands;
    private final Optional<String> address;
    private final Lease lease;
    private final String life = UUID.randomUUID().toString();
    private long sessions;
    private int attempts;
    private Lease.Point joinedAt;

    /// @param events to be called on the loop's thread
    /// @param address of the agent's data plane
    Actor(
            AgentConfig config,
            String bootId,
            ScheduledExecutorService loop,
            Consumer<Event> events,
            Supplier<AgentState> state,
            Identity identity,
            TaskRecords records,
            TaskRuntime runtime,
            Volumes volumes,
            SecretKeeper secrets,
            HealthChecks checks,
            ReadinessChecks readiness,
            GenericChecks generic,
            ReportLog reports,
            CommandLog commands,
            Optional<String> address) {
        this.config = config;
        this.bootId = bootId;
        this.loop = loop;
        this.events = events;
        this.state = state;
        this.identity = identity;
        this.records = records;
        this.runtime = runtime;
        this.volumes = volumes;
        this.secrets = secrets;
        this.checks = checks;
        this.readiness = readiness;
        this.generic = generic;
        this.reports = reports;
        this.commands = commands;
        this.address = address;
        this.lease = new Lease(config.timings().lease());
        this.joinedAt = Lease.now();
    }

    void perform(List<Action> actions) {
        var unrecorded = new HashSet<TaskId>();
        for (var action : actions) {
            switch (action) {
                case Action.Remember(var task) -> remember(task, unrecorded);
                case Action.Start(var task) -> start(task, unrecorded);
                case Action.Kill(var taskId, var grace) -> {
                    LOG.info("task={} killing grace={}s", taskId, grace.toSeconds());
                    runtime.kill(taskId, grace);
                }
                case Action.DestroyVolume(var volumeId) -> destroy(volumeId);
                case Action.Check(var task) -> {
                    checks.begin(task);
                    readiness.begin(task);
                    generic.begin(task);
                }
                case Action.StopChecking(var taskId) -> {
                    checks.end(taskId);
                    readiness.end(taskId);
                    generic.end(taskId);
                }
                case Action.Send(var version, var report) ->
                        reports.report(
                                report,
                                delivered ->
                                        later(
                                                delivered
                                                        ? new Event.Delivered(
                                                                version, report.epoch())
                                                        : new Event.Undelivered(
                                                                version, report.epoch())));
                case Action.Join join -> join(join);
                case Action.JoinAgain(var reason) -> {
                    LOG.info("agent={} joins again reason={}", config.agentId(), reason);
                    attempts = 0;
                    later(joinDue());
                }
                case Action.Follow(var partition) -> {
                    attempts = 0;
                    lease.renew(joinedAt);
                    commands.follow(partition);
                }
                case Action.BelongTo(var clusterId) -> identity.belongTo(clusterId);
                case Action.Halt(var reason) ->
                        LOG.error(
                                "agent={} acts no more, its tasks run on: {}",
                                config.agentId(),
                                reason);
            }
        }
    }

    /// On the loop's thread only, as all else here.
    Event joinDue() {
        sessions++;
        return new Event.JoinDue(life + "." + sessions);
    }

    private void remember(LocalTask task, Set<TaskId> unrecorded) {
        LOG.info(
                "task={} state={} kill={} acknowledged={} message={}",
                task.taskId(),
                task.state(),
                task.kill().map(order -> order.cause().name()).or(task::limitation).orElse("none"),
                task.acknowledged(),
                task.message().lines().findFirst().orElse(""));
        try {
            records.write(task);
            if (task.ended()) {
                secrets.forget(task.taskId());
            }
        } catch (UncheckedIOException e) {
            LOG.error("task={} record cannot be written", task.taskId(), e);
            unrecorded.add(task.taskId());
        }
    }

    /// What could not be written down is not done: after a crash it might be done twice.
    private void start(LocalTask task, Set<TaskId> unrecorded) {
        if (unrecorded.contains(task.taskId())) {
            later(
                    new Event.NotStartable(
                            task.taskId(), "the agent cannot write the task's record"));
        } else {
            runtime.start(task);
        }
    }

    private void join(Action.Join join) {
        LOG.info(
                "agent={} joins session={} tasks={}",
                config.agentId(),
                join.session(),
                join.inventory().size());
        var _ =
                commands.noteEnds()
                        .thenRun(() -> sayJoined(join))
                        .exceptionally(problem -> {
                            LOG.warn(
                                    "agent={} cannot join yet why={}",
                                    config.agentId(),
                                    problem.getMessage());
                            return null;
                        });
        schedule(
                () -> {
                    if (state.get().membership() instanceof Membership.Joining now
                            && now.session().equals(join.session())) {
                        events.accept(joinDue());
                    }
                },
                patience());
    }

    private long patience() {
        long first = config.timings().join().toMillis();
        long most = config.timings().joinMax().toMillis();
        long patience = Math.min(most, first << Math.min(attempts, 16));
        attempts++;
        return patience;
    }

    private void sayJoined(Action.Join join) {
        var attributes = new TreeMap<>(config.attributes());
        attributes.putAll(runtime.attributes());
        var joined =
                new AgentJoined(
                        config.agentId(),
                        join.session(),
                        bootId,
                        config.hostname(),
                        TaskAddress.of(config.hostname()).ip(),
                        address,
                        config.resources(),
                        config.ports(),
                        Optional.of(volumes.disks()),
                        attributes,
                        runtime.runs(),
                        join.inventory(),
                        volumes.ids(),
                        secrets.publicKey());
        var now = Lease.now();
        execute(() -> joinedAt = now);
        reports.report(joined, _ -> {});
    }

    /// Whether the planner has heard from this agent recently enough not to have given it up.
    boolean leaseFresh() {
        return lease.fresh();
    }

    private void destroy(String volumeId) {
        LOG.info("volume={} is destroyed", volumeId);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        volumes.destroy(volumeId);
                        later(new Event.VolumeDestroyed(volumeId));
                    } catch (UncheckedIOException e) {
                        // The next join says that it is still here, and the order comes again.
                        LOG.warn("volume={} cannot be destroyed why={}", volumeId, e.toString());
                    }
                });
    }

    /// Every heartbeat interval. A lease that has lapsed is renewed by a welcome only.
    void beat() {
        switch (state.get().membership()) {
            case Membership.Member(var epoch, _) -> {
                if (lease.fresh()) {
                    heartbeat(epoch);
                } else {
                    events.accept(new Event.LeaseLapsed());
                }
            }
            case Membership.Leaving(var epoch, _) -> heartbeat(epoch);
            case Membership.Joining _, Membership.Fenced _, Membership.Refused _ -> {}
        }
        events.accept(new Event.Beat());
    }

    private void heartbeat(long epoch) {
        var sent = Lease.now();
        reports.heartbeat(
                epoch,
                delivered -> {
                    if (delivered) {
                        execute(() -> lease.renew(sent));
                    }
                });
    }

    /// Removes the sandboxes and records of tasks that ended long ago.
    void collect() {
        var ended =
                state.get().tasks().values().stream()
                        .filter(task -> task.ended() && task.acknowledged())
                        .map(task ->
                                new Retention.Kept(
                                        task.taskId(),
                                        task.task().map(t -> t.spec().id()),
                                        records.writtenAt(task.taskId())))
                        .toList();
        var expired = config.retention().expired(ended, Instant.now());
        if (!expired.isEmpty()) {
            Thread.ofVirtual().start(() -> expired.forEach(this::collect));
        }
    }

    private void collect(TaskId taskId) {
        try {
            runtime.collect(taskId);
            later(new Event.Forgotten(taskId));
        } catch (UncheckedIOException e) {
            LOG.warn("task={} sandbox cannot be removed why={}", taskId, e.toString());
        }
    }

    private void later(Event event) {
        execute(() -> events.accept(event));
    }

    private void execute(Runnable work) {
        schedule(work, 0);
    }

    private void schedule(Runnable work, long millis) {
        try {
            var _ = loop.schedule(guarded(work), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("agent={} is closed", config.agentId());
        }
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("agent={} failed", config.agentId(), e);
            }
        };
    }
}
