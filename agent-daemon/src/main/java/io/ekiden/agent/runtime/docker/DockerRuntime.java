package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.ExitText;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.fetch.Fetcher;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.agent.runtime.TaskRecords;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.runtime.docker.ContainerFiles.End;
import io.ekiden.agent.runtime.docker.ContainerLauncher.Launch;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Container;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tasks as containers of the machine's Docker engine. A container is removed as soon as its output
/// is in the sandbox and its end is on the agent's disk; until then it is what remembers both.
///
/// An engine that does not answer says nothing about its containers: starts and kills wait for it,
/// nothing is taken to be lost, and when it is back each container is looked at. Only containers
/// whose labels name this agent, its cluster and a task are ever touched.
public final class DockerRuntime implements TaskRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(DockerRuntime.class);
    private static final Duration FIRST_LOOK = Duration.ofSeconds(5);
    private static final String GONE = "its container is gone";

    private final WorkDir work;
    private final TaskHost host;
    private final String bootId;
    private final Patience patience;
    private final Labels labels;
    private final Engine engine;
    private final EngineWatch watch;
    private final ContainerLauncher launcher;
    private final ContainerCheck checks;
    private final ContainerKill killing;
    private final Map<TaskId, Contained> contained = new ConcurrentHashMap<>();

    /// Tasks that have ended, as far as this agent knows.
    private final Set<TaskId> over = ConcurrentHashMap.newKeySet();

    private volatile Optional<Consumer<Event>> listener = Optional.empty();

    /// @param dockerHost the engine's address, such as `unix:///var/run/docker.sock`
    /// @param clusterId absent until the agent was first welcomed
    /// @throws IllegalStateException when there can be no engine at that address
    public DockerRuntime(
            WorkDir work,
            String bootId,
            String dockerHost,
            String agentId,
            Supplier<Optional<String>> clusterId,
            TaskHost host,
            Fetcher fetcher,
            SecretKeeper secrets,
            Patience patience) {
        this.work = work;
        this.host = host;
        this.bootId = bootId;
        this.patience = patience;
        this.labels = new Labels(agentId, clusterId);
        this.engine = new Engine(dockerHost);
        var volumes = new ExternalVolumes(engine, patience, host.volumeDrivers());
        this.watch = new EngineWatch(engine, dockerHost, labels, patience, volumes, new Watching());
        this.launcher =
                new ContainerLauncher(
                        engine,
                        watch,
                        patience,
                        volumes,
                        fetcher,
                        secrets,
                        work,
                        host,
                        labels,
                        this::contained);
        this.checks = new ContainerCheck(engine, patience);
        this.killing = new ContainerKill(engine, watch, launcher, patience, this::inspect);
    }

    /// Whether a record is of a task that this runtime has to do with.
    public boolean owns(TaskRecords.Found found) {
        var task = found.task();
        return task.task()
                .map(t -> t.spec().runtime() == Container.Type.DOCKER)
                .orElseGet(() -> owns(task.taskId()));
    }

    /// Whether a container was ever asked for on behalf of this task.
    public boolean owns(TaskId taskId) {
        return ContainerFiles.of(work, taskId).expectsContainer();
    }

    @Override
    public List<LocalTask> recover(List<TaskRecords.Found> found) {
        return found.stream().map(this::recovered).toList();
    }

    private LocalTask recovered(TaskRecords.Found found) {
        var task = found.task();
        if (task.ended()) {
            over.add(task.taskId());
            return task;
        }
        var files = ContainerFiles.of(work, task.taskId());
        boolean rebooted = found.bootId().filter(boot -> !boot.equals(bootId)).isPresent();
        if (rebooted && files.readEnd().isEmpty()) {
            LOG.info("task={} state=GONE reason=reboot", task.taskId());
            over.add(task.taskId());
            return task.withState(TaskState.GONE, Optional.empty(), "the machine was rebooted");
        }
        contained.put(task.taskId(), follow(task, true));
        return task;
    }

    private Optional<Contained> contained(TaskId taskId) {
        return Optional.ofNullable(contained.get(taskId));
    }

    private Contained follow(LocalTask task, boolean adopted) {
        var files = ContainerFiles.of(work, task.taskId());
        var log = new ContainerLog(engine, work.sandbox(task.taskId()), files, patience);
        return new Contained(task, files, log, adopted);
    }

    @Override
    public void watch(Consumer<Event> events) {
        listener = Optional.of(events);
        contained.values().forEach(this::tellWhatIsWritten);
        watch.begin();
        if (watch.about().isPresent()) {
            lookAtFirst();
        }
    }

    private void tellWhatIsWritten(Contained task) {
        var end = task.files.readEnd();
        if (end.isPresent()) {
            conclude(task, end.get());
        } else if (!task.files.expectsContainer()) {
            conclude(task, neverStarted());
        }
    }

    private static End neverStarted() {
        return new End(false, Optional.empty(), "the agent ended before it could start the task");
    }

    /// So that what ended meanwhile is told before anything else happens; within limits.
    private void lookAtFirst() {
        var looks = contained.values().stream().map(this::inspectAside).toList();
        long deadline = System.nanoTime() + FIRST_LOOK.toNanos();
        for (var look : looks) {
            try {
                var _ = look.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Thread inspectAside(Contained task) {
        return Thread.ofVirtual().name("look-" + task.taskId()).start(() -> inspect(task));
    }

    @Override
    public void start(LocalTask task) {
        var mine = follow(task, false);
        mine.launching = true;
        if (contained.putIfAbsent(task.taskId(), mine) == null) {
            engine.run(() -> launch(mine));
        }
    }

    private void launch(Contained task) {
        try {
            var launch =
                    launcher.launch(
                            task, message -> tell(new Event.Staging(task.taskId(), message)));
            switch (launch) {
                case Launch.Begun(var id, var fresh) -> {
                    task.found(id);
                    task.launching = false;
                    if (fresh && !task.hasNetwork()) {
                        running(task, id, Instant.now());
                    } else {
                        inspect(task);
                    }
                }
                case Launch.NotFetched(var reason) ->
                        conclude(task, new End(true, Optional.empty(), reason));
                case Launch.Failed(var reason) ->
                        conclude(task, new End(false, Optional.empty(), reason));
                case Launch.Stopped _ -> conclude(task, stopped());
                case Launch.Left _ -> {}
            }
        } catch (RuntimeException e) {
            LOG.error("task={} could not be started", task.taskId(), e);
            conclude(task, new End(false, Optional.empty(), "the task could not be started: " + e));
        }
    }

    private static End stopped() {
        return new End(true, Optional.empty(), "killed before it was started");
    }

    private void running(Contained task, String id, Instant since) {
        tellRunning(task, id, since);
        task.log.follow(id, () -> inspect(task));
    }

    private void tellRunning(Contained task, String id, Instant since) {
        if (task.runs(id, since)) {
            if (task.adopted) {
                LOG.info("task={} adopted container={}", task.taskId(), id);
            }
            tell(new Event.Running(task.taskId(), task.address().filter(_ -> task.hasNetwork())));
        }
    }

    /// Looks at the container of a task that is not just being launched.
    private void inspect(Contained task) {
        if (task.ended.isDone() || listener.isEmpty() || task.launching) {
            return;
        }
        var answer = launcher.inspect(task);
        switch (answer) {
            case Answer.Done(var container) -> found(task, container);
            case Answer.Refused(_, var reason) -> {
                if (ContainerLauncher.missing(answer)) {
                    missing(task);
                } else {
                    LOG.warn("task={} cannot be looked at: {}", task.taskId(), reason);
                }
            }
            case Answer.Silent<InspectContainerResponse> _ -> watch.suspect();
        }
    }

    private void found(Contained task, InspectContainerResponse container) {
        var id = container.getId();
        Inspection.ip(container).ifPresent(task::reachedAt);
        switch (State.of(container)) {
            case RUNNING -> running(task, id, Inspection.startedAt(container));
            case ENDED -> {
                tellRunning(task, id, Inspection.startedAt(container));
                ended(task, container);
            }
            case CREATED -> {
                if (launcher.remove(id) instanceof Answer.Done) {
                    conclude(task, task.stopped() ? stopped() : neverStarted());
                }
            }
        }
    }

    private void missing(Contained task) {
        // What this agent has launched itself was begun, or it would not be looked at.
        if (task.started() || !task.adopted) {
            var exit = task.exitSeen();
            var message = exit.map(ExitText::of).map(text -> text + "; " + GONE).orElse(GONE);
            conclude(task, new End(true, exit, message));
        } else {
            conclude(task, task.stopped() ? stopped() : neverStarted());
        }
    }

    private void ended(Contained task, InspectContainerResponse container) {
        if (!task.ending.compareAndSet(false, true)) {
            return;
        }
        try {
            switch (task.log.complete(container.getId())) {
                case Answer.Done<Boolean> _, Answer.Refused<Boolean> _ ->
                        conclude(task, Inspection.end(container, task.outOfMemory()));
                case Answer.Silent<Boolean> _ -> watch.suspect();
            }
        } finally {
            task.ending.set(task.ended.isDone());
        }
    }

    private void conclude(Contained task, End end) {
        synchronized (task) {
            if (task.ended.isDone() || listener.isEmpty()) {
                return;
            }
            boolean written = task.files.ended(end);
            over.add(task.taskId());
            contained.remove(task.taskId());
            task.log.close();
            tell(end.event(task.taskId()));
            task.ended.complete(null);
            if (written) {
                task.id().ifPresent(id -> engine.run(() -> remove(task.taskId(), id)));
            }
        }
    }

    private void remove(TaskId taskId, String id) {
        var answer = launcher.remove(id);
        if (!(answer instanceof Answer.Done)) {
            LOG.debug("task={} its container is removed later: {}", taskId, answer);
        }
    }

    @Override
    public void kill(TaskId taskId, Duration grace) {
        contained(taskId)
                .ifPresent(task -> {
                    task.stop();
                    engine.run(() -> killing.kill(task, grace));
                });
    }

    @Override
    public Finding check(LocalTask task, String command, Duration timeout) {
        var id = contained(task.taskId()).flatMap(Contained::id);
        return id.isEmpty() || watch.about().isEmpty()
                ? new Finding.Unknown()
                : checks.run(id.get(), command, timeout);
    }

    @Override
    public Exec.Begun exec(LocalTask task, Exec.Wanted wanted) {
        var id = contained(task.taskId()).flatMap(Contained::id);
        return id.map(container -> ContainerExec.begin(engine, patience, container, wanted))
                .orElseGet(() -> new Exec.Begun.Failed("its container does not run"));
    }

    @Override
    public Optional<String> address(LocalTask task) {
        var owner = task.task().flatMap(PodParts::networkOf).orElse(task.taskId());
        var mine = contained(owner);
        var known = mine.flatMap(Contained::address);
        if (known.isEmpty() && mine.isPresent()) {
            if (launcher.inspect(mine.get()) instanceof Answer.Done(var container)) {
                Inspection.ip(container).ifPresent(mine.get()::reachedAt);
            }
            return mine.get().address();
        }
        return known;
    }

    @Override
    public Optional<Instant> runningSince(TaskId taskId) {
        return contained(taskId).flatMap(Contained::since);
    }

    @Override
    public Measurement usage(TaskId taskId) {
        return ContainerStats.of(engine, watch, contained(taskId));
    }

    @Override
    public void collect(TaskId taskId) {
        if (!contained.containsKey(taskId)) {
            WorkDir.delete(work.sandbox(taskId));
            WorkDir.delete(work.task(taskId));
            over.remove(taskId);
        }
    }

    @Override
    public SortedSet<Container.Type> runs() {
        return Sorted.copyOf(watch.about().isPresent() ? Set.of(Container.Type.DOCKER) : Set.of());
    }

    @Override
    public SortedMap<String, String> attributes() {
        return watch.attributes(host.privileged());
    }

    @Override
    public void close() {
        listener = Optional.empty();
        watch.close();
        contained.values().forEach(task -> task.log.close());
        engine.close();
    }

    private void tell(Event event) {
        try {
            listener.ifPresent(to -> to.accept(event));
        } catch (RejectedExecutionException e) {
            LOG.debug("nobody listens any more: {}", event);
        }
    }

    /// What the engine lets known.
    private final class Watching implements EngineWatch.Listener {
        @Override
        public void changed() {
            tell(new Event.RuntimesChanged());
        }

        @Override
        public void happened(String action, Map<String, String> attributes) {
            var task = labels.task(attributes).map(contained::get);
            if (action.equals("oom")) {
                task.ifPresent(Contained::ranOutOfMemory);
            } else if (task.isPresent()) {
                task.get().died(number(attributes.get("exitCode")));
                engine.run(() -> inspect(task.get()));
            }
        }

        private static Optional<Integer> number(String text) {
            return Optional.ofNullable(text)
                    .filter(digits -> digits.matches("[0-9]{1,9}"))
                    .map(Integer::valueOf);
        }

        @Override
        public void look() {
            if (labels.clusterId().get().isEmpty()) {
                return;
            }
            var answer =
                    engine.ask(
                            patience.call(),
                            docker ->
                                    docker.listContainersCmd()
                                            .withShowAll(true)
                                            .withLabelFilter(labels.mine())
                                            .exec());
            if (answer instanceof Answer.Done(var containers)) {
                var running = new HashSet<TaskId>();
                for (var container : containers) {
                    labels.task(container.getLabels())
                            .ifPresent(task -> {
                                boolean runs = State.of(container.getState()) == State.RUNNING;
                                if (runs) {
                                    running.add(task);
                                }
                                if (!contained.containsKey(task)) {
                                    leftOver(task, container.getId(), runs);
                                }
                            });
                }
                contained.values().stream()
                        .filter(task -> !running.contains(task.taskId()) || !task.log.follows())
                        .forEach(task -> engine.run(() -> inspect(task)));
            }
        }

        /// A container that this agent does not follow: of a task that it does not know, or knows
        /// to have ended.
        private void leftOver(TaskId taskId, String id, boolean runs) {
            boolean ended = over.contains(taskId);
            if (ended && !runs) {
                remove(taskId, id);
                return;
            }
            var stranger = follow(LocalTask.stranger(taskId, TaskState.STARTING, ""), true);
            // It is looked at again: it may have ended, and been removed, since the list was made.
            if (launcher.inspect(stranger) instanceof Answer.Done(var now)
                    && (!ended || State.of(now) == State.RUNNING)
                    && contained.putIfAbsent(taskId, stranger) == null) {
                over.remove(taskId);
                LOG.warn("task={} has a container that no record tells of", taskId);
                tell(new Event.Found(taskId));
                inspect(stranger);
            }
        }
    }
}
