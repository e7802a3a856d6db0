package io.ekiden.agent;

import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.AgentSteps;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Membership;
import io.ekiden.agent.exec.Execs;
import io.ekiden.agent.exec.TaskExecs;
import io.ekiden.agent.fetch.Fetcher;
import io.ekiden.agent.files.FilesServer;
import io.ekiden.agent.files.Usages;
import io.ekiden.agent.health.GenericChecks;
import io.ekiden.agent.health.HealthChecks;
import io.ekiden.agent.health.ReadinessChecks;
import io.ekiden.agent.runtime.Disks;
import io.ekiden.agent.runtime.LastOutput;
import io.ekiden.agent.runtime.NameServers;
import io.ekiden.agent.runtime.NativeRuntime;
import io.ekiden.agent.runtime.PodRuntime;
import io.ekiden.agent.runtime.Runtimes;
import io.ekiden.agent.runtime.TaskRecords;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.agent.runtime.Volumes;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.runtime.docker.DockerRuntime;
import io.ekiden.agent.runtime.docker.Patience;
import io.ekiden.agent.runtime.docker.TaskHost;
import io.ekiden.agent.secrets.SecretFolder;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.agent.usage.DiskWatch;
import io.ekiden.agent.usage.UsageMeter;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.Container;
import io.ekiden.secrets.SealingKey;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent of one machine, or of a share of one. Everything that happens becomes an event on one
/// thread, where [AgentSteps] says what is to be done; this class only carries events and actions
/// to and from Kafka, the disk and the runtime.
///
/// [#close] leaves the tasks running, as a crash does; the next agent on the same work directory
/// adopts them. [#leave] says good-bye first.
public final class AgentDaemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentDaemon.class);
    private static final Duration LEAVE_POLL = Duration.ofMillis(50);
    private static final Duration COLLECT = Duration.ofMinutes(1);
    private static final String NO_BOOT_ID = "unknown";

    /// Where the agent stands.
    public enum State {
        /// Not yet, or no longer, admitted: it knocks until it is.
        JOINING,
        MEMBER,
        LEAVING,
        /// Another agent with its id was admitted after it. Its tasks run on; it does nothing more.
        FENCED,
        /// Its work directory belongs to another cluster.
        REFUSED,
        CLOSED
    }

    private final AgentConfig config;
    private final Optional<Vertx> vertx;
    private final ScheduledExecutorService loop;
    private final AtomicLong poison = new AtomicLong();
    private Optional<Running> running = Optional.empty();
    private volatile AgentState state;
    private volatile boolean closed;

    /// What exists between start and close.
    private record Running(
            Identity identity,
            TaskRuntime runtime,
            HealthChecks checks,
            ReadinessChecks readiness,
            GenericChecks generic,
            ReportLog reports,
            CommandLog commands,
            DiskWatch disk,
            Optional<FilesServer> files,
            Actor actor) {}

    public AgentDaemon(AgentConfig config) {
        this(config, Optional.empty());
    }

    /// @param vertx to serve the tasks' files on; when absent, the agent makes one for itself
    public AgentDaemon(AgentConfig config, Optional<Vertx> vertx) {
        this.config = config;
        this.vertx = vertx;
        this.loop =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("agent-" + config.agentId()).daemon().factory());
        this.state = AgentSteps.begin(config.agentId(), Optional.empty(), 0, List.of()).state();
    }

    /// Adopts what runs already, and begins to join. Does not wait for Kafka.
    ///
    /// @throws IllegalStateException when the work directory is another agent's or cluster's, or
    ///   the data plane's address cannot be bound, or the engine's address is none
    /// @throws UncheckedIOException when the work directory cannot be used
    public void start() {
        var work = new WorkDir(config.workDir(), new Disks(config.disks()));
        try {
            work.create();
        } catch (IOException e) {
            throw new UncheckedIOException("work directory cannot be used: " + work.root(), e);
        }
        var secrets = secrets(work);
        var identity = Identity.claim(work.root(), config.agentId(), config.topics().prefix());
        var bootId = bootId(config.bootIdFile());
        var records = new TaskRecords(work, bootId);
        var runtime = runtimes(work, bootId, identity, secrets);
        var ip = TaskAddress.of(config.hostname()).ip();
        var checks = new HealthChecks(ip, runtime, Clock.systemUTC(), this::post);
        var readiness = new ReadinessChecks(ip, runtime, this::post);
        var generic = new GenericChecks(ip, runtime, this::post);
        var disk = new DiskWatch(work, () -> state, this::post, DiskWatch.Pace.DEFAULT);
        var usages = new UsageMeter(() -> state, runtime::usage, disk::of);
        var execs = new TaskExecs(() -> state, runtime::exec);
        var files = serveFiles(work, identity, usages, execs, secrets);
        var reports = new ReportLog(config.agentId(), config.topics(), kafka());
        var commands =
                new CommandLog(config.agentId(), config.topics(), kafka(), new Commanded(reports));
        var actor =
                new Actor(
                        config,
                        bootId,
                        loop,
                        this::handle,
                        () -> state,
                        identity,
                        records,
                        runtime,
                        new Volumes(work),
                        secrets,
                        checks,
                        readiness,
                        generic,
                        reports,
                        commands,
                        files.map(this::address));
        running =
                Optional.of(
                        new Running(
                                identity, runtime, checks, readiness, generic, reports, commands,
                                disk, files, actor));
        LOG.info(
                "agent={} starts hostname={} workDir={} isolation={} boot={}",
                config.agentId(),
                config.hostname(),
                work.root(),
                runtime.attributes().get("isolation"),
                bootId);
        var recovered = runtime.recover(records.read());
        secrets.keepOnly(
                recovered.stream()
                        .filter(task -> !task.ended())
                        .map(LocalTask::taskId)
                        .collect(Collectors.toSet()));
        loop.execute(guarded(() -> begin(actor, runtime, identity, recovered)));
        disk.begin();
    }

    private Optional<FilesServer> serveFiles(
            WorkDir work, Identity identity, Usages usages, Execs execs, SecretKeeper secrets) {
        if (config.agentToken().isEmpty()) {
            LOG.info("agent={} serves no files: it has no agent token", config.agentId());
            return Optional.empty();
        }
        if (!FilesServer.isSupported()) {
            LOG.warn(
                    "agent={} serves no files: that needs Linux on x86-64, ARM or RISC-V, 64 bits",
                    config.agentId());
            return Optional.empty();
        }
        var bind =
                config.dataPlane().bind().orElseGet(() -> TaskAddress.of(config.hostname()).ip());
        try {
            return Optional.of(
                    FilesServer.start(
                            vertx,
                            bind,
                            config.dataPlane().port(),
                            config.agentToken().get(),
                            new KnownSandboxes(work, () -> state),
                            usages,
                            execs,
                            secrets));
        } catch (IOException e) {
            identity.close();
            throw new IllegalStateException("the data plane does not start: " + e.getMessage(), e);
        }
    }

    private String address(FilesServer files) {
        var ip = TaskAddress.of(config.hostname()).ip();
        return "http://%s:%d".formatted(ip.contains(":") ? "[" + ip + "]" : ip, files.port());
    }

    private Set<Container.Type> offered() {
        return config.runtimes().stream().map(ContainerType::type).collect(Collectors.toSet());
    }

    private SecretKeeper secrets(WorkDir work) {
        try {
            var folder =
                    SecretFolder.choose(
                            config.secretsDir(),
                            work.root(),
                            offered().contains(Container.Type.MESOS));
            LOG.info(
                    "agent={} secrets={} inMemory={}",
                    config.agentId(),
                    folder,
                    SecretFolder.inMemory(folder));
            boolean reachable = config.agentToken().isPresent() && FilesServer.isSupported();
            return new SecretKeeper(
                    folder, reachable ? Optional.of(SealingKey.random()) : Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException("there is no place for secrets: " + e.getMessage(), e);
        }
    }

    private TaskRuntime runtimes(
            WorkDir work, String bootId, Identity identity, SecretKeeper secrets) {
        var address = TaskAddress.of(config.hostname());
        var offered = offered();
        // Native tasks reach the machine's loopback by themselves.
        var fetch =
                new Fetcher.Allowed(offered.contains(Container.Type.MESOS), config.fetchFiles());
        var fetcher = new Fetcher(work.cache(), fetch);
        var plain =
                NativeRuntime.create(
                        work,
                        bootId,
                        address.host(),
                        fetcher,
                        config.taskEnv(),
                        config.containerDns(),
                        secrets);
        var docker =
                new DockerRuntime(
                        work,
                        bootId,
                        config.dockerHost(),
                        config.agentId(),
                        identity::clusterId,
                        new TaskHost(
                                address.host(),
                                address.ip(),
                                config.privileged(),
                                config.volumeDrivers(),
                                config.taskEnv(),
                                NameServers.ofContainer(
                                        config.containerDns(), NameServers.RESOLV_CONF)),
                        fetcher,
                        secrets,
                        Patience.DEFAULT);
        return new PodRuntime(
                new Runtimes(offered, plain, docker), work, config.timings().killGrace());
    }

    private void begin(
            Actor actor, TaskRuntime runtime, Identity identity, List<LocalTask> recovered) {
        var begun =
                AgentSteps.begin(
                        config.agentId(),
                        identity.clusterId(),
                        (int) config.timings().killGrace().toSeconds(),
                        recovered);
        state = begun.state();
        runtime.watch(event -> post(explained(event)));
        actor.perform(begun.actions());
        // Behind what the runtime has just told, so that the inventory has it.
        post(actor.joinDue());
        var beat = config.timings().heartbeat().toMillis();
        var _ = loop.scheduleAtFixedRate(guarded(actor::beat), beat, beat, TimeUnit.MILLISECONDS);
        var _ =
                loop.scheduleWithFixedDelay(
                        guarded(actor::collect),
                        COLLECT.toMillis(),
                        COLLECT.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /// An exception would end the schedule.
    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("agent={} failed", config.agentId(), e);
            }
        };
    }

    private void post(Event event) {
        inLoop(() -> handle(event));
    }

    /// Read before it is handled: a sandbox may be slow to read.
    private Event explained(Event event) {
        return event instanceof Event.Ended end && end.unexplained()
                ? end.withLastOutput(
                        LastOutput.of(new WorkDir(config.workDir()).sandbox(end.taskId())))
                : event;
    }

    private void inLoop(Runnable work) {
        try {
            loop.execute(guarded(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("agent={} is closed", config.agentId());
        }
    }

    /// On the loop's thread only.
    private void handle(Event event) {
        if (closed) {
            return;
        }
        var before = state();
        var step = AgentSteps.step(state, event);
        state = step.state();
        if (before != state()) {
            LOG.info("agent={} state={} was={}", config.agentId(), state(), before);
        }
        running.ifPresent(r -> r.actor().perform(step.actions()));
    }

    public State state() {
        if (closed) {
            return State.CLOSED;
        }
        return switch (state.membership()) {
            case Membership.Joining _ -> State.JOINING;
            case Membership.Member _ -> State.MEMBER;
            case Membership.Leaving _ -> State.LEAVING;
            case Membership.Fenced _ -> State.FENCED;
            case Membership.Refused _ -> State.REFUSED;
        };
    }

    /// Records on `agent-commands` that could not be read since the start.
    public long poisonSeen() {
        return poison.get();
    }

    /// Tasks that have not ended.
    public long liveTasks() {
        return state.tasks().values().stream().filter(task -> !task.ended()).count();
    }

    /// Says good-bye, and waits until that is on the log; with `stopTasks` also until the planner
    /// has had every task killed and their ends are on the log. Call [#close] afterwards.
    ///
    /// @return whether all of it was done in time
    public boolean leave(boolean stopTasks) {
        long deadline = System.nanoTime() + config.timings().leave().toNanos();
        while (!left(stopTasks)) {
            var now = state();
            boolean hopeless = now == State.FENCED || now == State.REFUSED || now == State.CLOSED;
            if (hopeless || System.nanoTime() > deadline) {
                return false;
            }
            if (now == State.MEMBER) {
                post(new Event.LeaveWanted(stopTasks));
            }
            try {
                Thread.sleep(LEAVE_POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private boolean left(boolean stopTasks) {
        var now = state;
        return now.membership() instanceof Membership.Leaving
                && now.outbox().pending().isEmpty()
                && (!stopTasks || now.tasks().values().stream().allMatch(LocalTask::ended));
    }

    /// Stops the agent; its tasks run on.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        loop.shutdown();
        running.ifPresent(r -> {
            r.disk().close();
            r.files().ifPresent(FilesServer::close);
            r.checks().close();
            r.readiness().close();
            r.generic().close();
            r.runtime().close();
            r.commands().close();
            r.reports().close();
        });
        try {
            if (!loop.awaitTermination(1, TimeUnit.SECONDS)) {
                loop.shutdownNow();
            }
        } catch (InterruptedException e) {
            loop.shutdownNow();
            Thread.currentThread().interrupt();
        }
        running.ifPresent(r -> r.identity().close());
        LOG.info("agent={} closed", config.agentId());
    }

    private Map<String, Object> kafka() {
        var settings = new HashMap<String, Object>(config.kafka());
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.putIfAbsent(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        return settings;
    }

    private static String bootId(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            // Not Linux: pid and start time must do.
            return NO_BOOT_ID;
        }
    }

    /// What the reader of commands tells.
    private final class Commanded implements CommandLog.Listener {
        private final ReportLog reports;

        Commanded(ReportLog reports) {
            this.reports = reports;
        }

        @Override
        public void command(AgentCommand command) {
            inLoop(() -> running.ifPresent(r -> obey(r.actor(), command)));
        }

        private void obey(Actor actor, AgentCommand command) {
            handle(new Event.Commanded(command, actor.leaseFresh()));
        }

        @Override
        public void unreadable(ConsumerRecord<byte[], byte[]> message, String why) {
            LOG.error(
                    "agent={} unreadable command set aside partition={} offset={} count={} why={}",
                    config.agentId(),
                    message.partition(),
                    message.offset(),
                    poison.incrementAndGet(),
                    why);
            reports.setAside(message, why);
        }

        @Override
        public void lost(String why) {
            post(new Event.LeaseLapsed());
        }
    }
}
