package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.ExitText;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.fetch.Fetcher;
import io.ekiden.agent.runtime.image.ImageLauncher;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Container;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tasks as plain processes, Marathon's `MESOS` containerizer without an engine. Each has a
/// supervisor, a small shell script in a session of its own, which outlives the agent and writes
/// down how the task ended; this object only reads what supervisors write. Where the machine allows
/// it a task has its own pid namespace and control groups, so that nothing of it survives its end;
/// elsewhere its group, its session and a mark in the environment are searched for what is left.
public final class NativeRuntime implements TaskRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration POLL_STARTING = Duration.ofMillis(2);
    private static final Duration MAX_START = Duration.ofSeconds(30);
    private static final Duration BOUND_OUTPUT = Duration.ofSeconds(1);
    private static final Duration KILL_ROUND = Duration.ofMillis(100);

    /// So many rounds after SIGKILL a supervisor that still says nothing is itself killed.
    private static final int PATIENT_ROUNDS = 50;

    private final WorkDir work;
    private final String bootId;
    private final Isolation isolation;
    private final Launcher launcher;
    private final Fetcher fetcher;
    private final SecretKeeper secrets;
    private final Map<TaskId, Watched> watched = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock;
    private volatile Optional<Consumer<Event>> listener = Optional.empty();

    NativeRuntime(
            WorkDir work,
            String bootId,
            String hostname,
            Isolation isolation,
            Fetcher fetcher,
            SortedMap<String, String> common,
            SecretKeeper secrets,
            Optional<ImageLauncher> images) {
        this.work = work;
        this.bootId = bootId;
        this.isolation = isolation;
        this.fetcher = fetcher;
        this.secrets = secrets;
        this.launcher = new Launcher(work, bootId, hostname, isolation, common, secrets, images);
        this.clock =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("task-watch").daemon().factory());
    }

    /// @param hostname at which tasks are reached
    /// @param common variables of every task; those of its own come before them
    /// @param nameServers whom tasks ask for names before the machine's own, where they can be told
    /// @throws UncheckedIOException when the work directory cannot be used
    public static NativeRuntime create(
            WorkDir work,
            String bootId,
            String hostname,
            Fetcher fetcher,
            SortedMap<String, String> common,
            List<String> nameServers,
            SecretKeeper secrets) {
        try (InputStream script = NativeRuntime.class.getResourceAsStream("supervise.sh")) {
            WorkDir.writeAtomically(Launcher.script(work), script.readAllBytes());
            NameServers.prepare(work, nameServers, NameServers.RESOLV_CONF);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var isolation = Isolation.detect();
        var images =
                isolation.pidNamespace()
                        ? ImageLauncher.create(work, hostname, common, secrets)
                        : Optional.<ImageLauncher>empty();
        return new NativeRuntime(
                work, bootId, hostname, isolation, fetcher, common, secrets, images);
    }

    @Override
    public List<LocalTask> recover(List<TaskRecords.Found> found) {
        return found.stream().map(this::recovered).toList();
    }

    private LocalTask recovered(TaskRecords.Found found) {
        var task = found.task();
        var files = launcher.files(task.taskId());
        if (task.ended()) {
            return task;
        }
        var boot = found.bootId().or(() -> files.supervisor().map(Processes.Identity::boot));
        if (files.exit().isEmpty() && boot.isPresent() && !boot.get().equals(bootId)) {
            LOG.info("task={} state=GONE reason=reboot", task.taskId());
            return task.withState(TaskState.GONE, Optional.empty(), "the machine was rebooted");
        }
        watched.put(task.taskId(), new Watched(files, files.exit().isEmpty() && files.claim()));
        launcher.recovered(files);
        var state = files.running() ? TaskState.RUNNING : TaskState.STARTING;
        files.leader()
                .ifPresent(
                        leader -> LOG.info("task={} adopted pid={}", task.taskId(), leader.pid()));
        return task.withState(state, Optional.empty(), "");
    }

    @Override
    public void watch(Consumer<Event> events) {
        listener = Optional.of(events);
        watched.values().forEach(this::inspect);
        var _ =
                clock.scheduleWithFixedDelay(
                        this::inspectAdopted,
                        POLL.toMillis(),
                        POLL.toMillis(),
                        TimeUnit.MILLISECONDS);
        var _ =
                clock.scheduleWithFixedDelay(
                        this::boundOutput,
                        BOUND_OUTPUT.toMillis(),
                        BOUND_OUTPUT.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void boundOutput() {
        watched.values().stream()
                .map(task -> task.files.sandbox())
                .forEach(sandbox -> Rotation.bound(sandbox, Limits.MAX_OUTPUT_BYTES));
    }

    private void inspectAdopted() {
        for (var task : watched.values()) {
            try {
                if (!task.selfTelling()) {
                    inspect(task);
                }
            } catch (RuntimeException e) {
                // An exception would end the schedule, and with it the watch over all tasks.
                LOG.error("task={} could not be inspected", task.taskId(), e);
            }
        }
    }

    @Override
    public void start(LocalTask task) {
        var files = launcher.files(task.taskId());
        var mine = new Watched(files, false);
        if (watched.putIfAbsent(task.taskId(), mine) == null) {
            Thread.ofVirtual().name("start-" + task.taskId()).start(() -> start(task, mine));
        }
    }

    private void start(LocalTask task, Watched mine) {
        try {
            var problem = launcher.problem(task);
            if (problem.isPresent()) {
                notStartable(mine, problem.get());
                return;
            }
            if (!fetched(task, mine)) {
                return;
            }
            var process = launcher.launch(task, mine.files);
            mine.startedAs(process);
            var _ = process.onExit().thenRun(() -> Thread.ofVirtual().start(() -> inspect(mine)));
            awaitRunning(mine);
        } catch (IOException | RuntimeException e) {
            LOG.warn("task={} could not be started", task.taskId(), e);
            notStartable(mine, "the task could not be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether all is there that the task wants to find; else it has ended.
    private boolean fetched(LocalTask task, Watched mine) throws IOException {
        launcher.prepare(mine.files);
        return switch (bring(task.task().orElseThrow(), mine)) {
            case Fetcher.Outcome.Done _ -> true;
            case Fetcher.Outcome.Failed(var reason) -> notStarted(mine, reason);
            case Fetcher.Outcome.Stopped _ -> notStarted(mine, "killed before it was started");
        };
    }

    private Fetcher.Outcome bring(AgentCommand.Task task, Watched mine) {
        BooleanSupplier stopped = () -> mine.stopped() || listener.isEmpty();
        Consumer<String> progress = message -> tell(new Event.Staging(task.taskId(), message));
        var fetched = fetcher.fetch(task, mine.files.sandbox(), stopped, progress);
        if (!(fetched instanceof Fetcher.Outcome.Done)) {
            return fetched;
        }
        var brought = secrets.await(task, stopped, progress);
        return brought instanceof Fetcher.Outcome.Done
                ? launcher.bringImage(task, mine.files, stopped, progress)
                : brought;
    }

    private boolean notStarted(Watched task, String reason) {
        endUnstarted(task, new Event.Ended(task.taskId(), Optional.empty(), reason));
        return false;
    }

    private void awaitRunning(Watched task) throws InterruptedException {
        long deadline = System.nanoTime() + MAX_START.toNanos();
        while (!task.files.running() && !task.awaitEnd(POLL_STARTING)) {
            if (System.nanoTime() > deadline) {
                LOG.warn("task={} does not come to its start: killing it", task.taskId());
                kill(task.taskId(), Duration.ZERO);
                return;
            }
        }
        inspect(task);
    }

    private void notStartable(Watched task, String reason) {
        endUnstarted(task, new Event.NotStartable(task.taskId(), reason));
    }

    private void endUnstarted(Watched task, Event end) {
        synchronized (task) {
            if (!task.ended.isDone() && listener.isPresent() && task.files.claim()) {
                conclude(task, end);
            }
        }
    }

    /// Looks at what the supervisor has written, and tells.
    private void inspect(Watched task) {
        synchronized (task) {
            if (task.ended.isDone() || listener.isEmpty()) {
                return;
            }
            if (task.neverStarted) {
                conclude(
                        task,
                        new Event.NotStartable(
                                task.taskId(), "the agent ended before it could start the task"));
                return;
            }
            if (task.turnedRunning()) {
                tell(new Event.Running(task.taskId()));
            }
            // In this order: a supervisor writes the exit before it goes.
            boolean gone = task.gone();
            var exit = task.files.exit();
            if (exit.isPresent() || gone) {
                clearAway(task);
                conclude(task, end(task.files, exit));
            }
        }
    }

    private Event end(TaskFiles files, Optional<Integer> exit) {
        if (!files.running()) {
            return new Event.NotStartable(files.taskId(), files.lastWords());
        }
        var message =
                exit.map(ExitText::of)
                        .orElse("how it ended is not known: its supervisor was killed too");
        boolean memory = Cgroups.ranOutOfMemory(files.cgroups());
        return new Event.Ended(
                files.taskId(), exit, memory ? message + " (memory limit exceeded)" : message);
    }

    private void conclude(Watched task, Event event) {
        Cgroups.remove(task.files.cgroups());
        launcher.clear(task.files);
        watched.remove(task.taskId());
        tell(event);
        task.ended.complete(null);
    }

    /// What survived the task's first process.
    private void clearAway(Watched task) {
        for (int round = 0; round < PATIENT_ROUNDS && !destroy(task); round++) {
            pause();
        }
    }

    /// SIGKILL to all that belongs to a task; `true` when there was nothing.
    private boolean destroy(Watched task) {
        var files = task.files;
        // The first process before the namespace's own: with its end the namespace ends by itself,
        // and its supervisor learns how it ended.
        var leader = files.leader().filter(Processes.Identity::lives);
        var init = files.init().filter(Processes.Identity::lives);
        leader.or(() -> init).ifPresent(process -> Processes.kill(process.pid()));
        boolean empty = Cgroups.kill(files.cgroups());
        if (files.init().isPresent()) {
            return empty && leader.isEmpty() && init.isEmpty();
        }
        var left = Processes.of(task.taskId(), files.leader());
        left.forEach(Processes::kill);
        return empty && left.isEmpty();
    }

    @Override
    public void kill(TaskId taskId, Duration grace) {
        Optional.ofNullable(watched.get(taskId))
                .ifPresent(task -> {
                    task.stop();
                    Thread.ofVirtual().name("kill-" + taskId).start(() -> kill(task, grace));
                });
    }

    private void kill(Watched task, Duration grace) {
        try {
            awaitOwnGroup(task);
            task.files
                    .leader()
                    .filter(Processes.Identity::lives)
                    .map(leader -> Launcher.program(task.files, leader))
                    .ifPresent(Processes::terminateGroup);
            if (task.awaitEnd(grace)) {
                return;
            }
            LOG.info(
                    "task={} did not end in its grace={}s: SIGKILL",
                    task.taskId(),
                    grace.toSeconds());
            // The order is in the record: should this agent end now, the next one carries it on.
            for (int round = 0; listener.isPresent() && !task.awaitEnd(KILL_ROUND); round++) {
                boolean empty = destroy(task);
                if (empty && round > PATIENT_ROUNDS) {
                    task.files.supervisor().ifPresent(s -> Processes.kill(s.pid()));
                }
                inspect(task);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Until its first process leads a process group, there is nothing to send SIGTERM to.
    private void awaitOwnGroup(Watched task) throws InterruptedException {
        long deadline = System.nanoTime() + MAX_START.toNanos();
        while (!task.files.running()
                && System.nanoTime() < deadline
                && listener.isPresent()
                && !task.awaitEnd(POLL_STARTING)) {
            Thread.onSpinWait();
        }
    }

    /// Whether this task runs here in an image.
    boolean hasImage(TaskId taskId) {
        return ImageLauncher.owns(work.task(taskId));
    }

    @Override
    public Finding check(LocalTask task, String command, Duration timeout) {
        return launcher.check(task, command, timeout);
    }

    @Override
    public Exec.Begun exec(LocalTask task, Exec.Wanted wanted) {
        return watched.containsKey(task.taskId())
                ? launcher.exec(task, wanted)
                : new Exec.Begun.Failed("the task does not run");
    }

    @Override
    public Optional<Instant> runningSince(TaskId taskId) {
        return launcher.files(taskId).runningSince();
    }

    @Override
    public Measurement usage(TaskId taskId) {
        return Optional.ofNullable(watched.get(taskId))
                .map(task -> NativeUsage.of(task.files))
                .orElseGet(() -> new Measurement.Missing("the task does not run"));
    }

    @Override
    public void collect(TaskId taskId) {
        if (!watched.containsKey(taskId)) {
            Cgroups.remove(launcher.files(taskId).cgroups());
            WorkDir.delete(work.sandbox(taskId));
            WorkDir.delete(work.task(taskId));
        }
    }

    @Override
    public SortedSet<Container.Type> runs() {
        return Sorted.copyOf(List.of(Container.Type.MESOS));
    }

    /// Its tasks are at the machine's own address.
    @Override
    public Optional<String> address(LocalTask task) {
        return Optional.empty();
    }

    /// What keeps tasks apart here, for people: `pidns,cgroup-v1` or `none`; and whether tasks can
    /// be in images.
    @Override
    public SortedMap<String, String> attributes() {
        var attributes = new TreeMap<>(Map.of("isolation", isolation.attribute()));
        launcher.images().ifPresent(layers -> attributes.put(Container.IMAGES, layers));
        if (launcher.terminals()) {
            attributes.put(Container.TERMINALS, "script");
        }
        if (isolation.pidNamespace()) {
            attributes.put(Container.READ_ONLY, "mount");
        }
        return Sorted.copyOf(attributes);
    }

    @Override
    public void close() {
        listener = Optional.empty();
        clock.shutdownNow();
    }

    /// The first process of a task that has not ended.
    Optional<Processes.Identity> leader(TaskId taskId) {
        return Optional.ofNullable(watched.get(taskId)).flatMap(task -> task.files.leader());
    }

    private void tell(Event event) {
        try {
            listener.ifPresent(to -> to.accept(event));
        } catch (RejectedExecutionException e) {
            LOG.debug("nobody listens any more: {}", event);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(KILL_ROUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
