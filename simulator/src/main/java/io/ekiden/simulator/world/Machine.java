package io.ekiden.simulator.world;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.TaskId;
import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.check.Live;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A machine and its container engine: tasks run here whether an agent is there or not. The agent's
/// records and the persistent volumes are on its disk.
public final class Machine {
    private static final int USUAL_START_MICROS = 600_000;
    private static final int SLOW_START_SECONDS = 90;
    private static final int DESTROY_MICROS = 300_000;
    private static final long REPLY_TIMEOUT = 4 * Timeline.SECOND;

    private final World world;
    private final String agentId;
    private final TreeMap<TaskId, Container> containers = new TreeMap<>();
    private final TreeMap<TaskId, Written> records = new TreeMap<>();
    private final TreeSet<String> volumes = new TreeSet<>();
    private final TreeMap<TaskId, LocalTask> preparing = new TreeMap<>();
    private final List<Runnable> whenAnswering = new ArrayList<>();
    private Optional<String> clusterId = Optional.empty();
    private Optional<Ear> ear = Optional.empty();
    private long boot = 1;
    private boolean hung;
    private boolean full;

    Machine(World world, String agentId) {
        this.world = world;
        this.agentId = agentId;
    }

    /// A task's record on disk.
    record Written(long boot, LocalTask task, long at) {}

    /// Whoever listens to what becomes of tasks: the agent's present process.
    interface Ear {
        void running(TaskId taskId);

        void ended(TaskId taskId, Optional<Integer> exitCode);

        void notStartable(TaskId taskId, String reason);

        void staging(TaskId taskId, String message);

        void unhealthy(TaskId taskId);
    }

    /// How far a container has come.
    private enum Phase {
        CREATED,
        RUNNING,
        ENDED
    }

    /// A task's container, kept after its end.
    private static final class Container {
        private final LocalTask task;
        private Phase phase = Phase.CREATED;
        private boolean killed;
        private boolean healthy = true;
        private Optional<Live> live = Optional.empty();
        private Optional<Integer> exitCode = Optional.empty();

        Container(LocalTask task) {
            this.task = task;
        }
    }

    /// What an agent's process was preparing ends with it, or is with the engine already.
    void listen(Optional<Ear> to) {
        ear = to;
        for (var task : List.copyOf(preparing.values())) {
            if (world.choose("start.left", 4) == 3) {
                create(task);
            }
        }
        preparing.clear();
    }

    private void tell(java.util.function.Consumer<Ear> what) {
        ear.ifPresent(what);
    }

    void start(LocalTask task) {
        world.evidence().startOrdered(agentId, task);
        world.event(agentId, "starts " + task.taskId());
        if (world.happens(Fault.START_FAILS)) {
            world.after(
                    world.choose("start.fails", USUAL_START_MICROS),
                    () -> tell(to -> to.notStartable(task.taskId(), "no such image")));
            return;
        }
        long takes = 50 * Timeline.MILLI + world.choose("start." + agentId, USUAL_START_MICROS);
        if (world.happens(Fault.START_SLOW)) {
            takes += world.choose("start.slow", SLOW_START_SECONDS) * Timeline.SECOND;
            tell(to -> to.staging(task.taskId(), "pulling the image"));
        }
        preparing.put(task.taskId(), task);
        world.after(takes, () -> answering(() -> prepared(task)));
    }

    private void prepared(LocalTask task) {
        if (preparing.remove(task.taskId(), task)) {
            create(task);
        }
    }

    private void create(LocalTask task) {
        var there = containers.get(task.taskId());
        if (there != null) {
            adopted(there);
            return;
        }
        var container = new Container(task);
        containers.put(task.taskId(), container);
        task.task().ifPresent(t -> t.volumes().forEach(volume -> keep(volume.id())));
        run(container);
        if (world.happens(Fault.START_REPLY_LOST)) {
            // The engine refuses the name the second time: it is there already.
            world.after(REPLY_TIMEOUT, () -> answering(() -> askAgain(container)));
        } else {
            adopted(container);
        }
    }

    private void keep(String volumeId) {
        volumes.add(volumeId);
        world.evidence().volumeThere(agentId, volumeId);
    }

    private void askAgain(Container container) {
        if (containers.get(container.task.taskId()) == container) {
            adopted(container);
        }
    }

    private void run(Container container) {
        container.phase = Phase.RUNNING;
        var live =
                new Live(
                        agentId,
                        container.task.taskId(),
                        world.number(),
                        world.now(),
                        container.task.task().orElseThrow());
        container.live = Optional.of(live);
        world.event(agentId, "runs " + live.taskId() + " as " + live.number());
        world.evidence().running(live);
        if (container.killed) {
            end(container, Live.End.BY_KILL, Optional.of(143));
        } else if (!world.isCalm() && crashes(live)) {
            world.fired(Fault.CRASH_LOOP);
            world.after(
                    world.choose("crash.loop", 8_000_000),
                    () -> end(container, Live.End.BY_ITSELF, Optional.of(1)));
        }
    }

    /// A definition of which some part of the tasks never holds.
    private boolean crashes(Live live) {
        return world.options().has(Fault.CRASH_LOOP)
                && live.task().spec().labels().containsKey("fragile")
                && world.choose("crash." + agentId, 2) == 1;
    }

    private void adopted(Container container) {
        var id = container.task.taskId();
        if (container.phase == Phase.ENDED) {
            tell(to -> to.ended(id, container.exitCode));
        } else {
            tell(to -> to.running(id));
        }
    }

    private void end(Container container, Live.End how, Optional<Integer> exitCode) {
        if (container.phase != Phase.RUNNING) {
            return;
        }
        container.phase = Phase.ENDED;
        container.exitCode = exitCode;
        var id = container.task.taskId();
        world.event(agentId, "ended " + id + " " + how);
        world.evidence().ended(container.live.orElseThrow(), how);
        if (how != Live.End.BY_REBOOT) {
            tell(to -> to.ended(id, exitCode));
        }
    }

    void kill(LocalTask task, long graceSeconds) {
        var id = task.taskId();
        world.evidence().killOrdered(agentId, id, task.kill().map(LocalTask.KillOrder::cause));
        world.event(agentId, "kills " + id);
        answering(() -> {
            var container = containers.get(id);
            if (container == null) {
                killBeforeStart(task);
            } else if (container.phase == Phase.ENDED) {
                adopted(container);
            } else {
                container.killed = true;
                long most = graceSeconds * 1_000_000L + 200_000;
                world.after(
                        10 * Timeline.MILLI + world.choose("kill." + agentId, (int) most),
                        () -> answering(() -> end(container, Live.End.BY_KILL, Optional.of(143))));
            }
        });
    }

    /// What is still being prepared is given up; its container is never run.
    private void killBeforeStart(LocalTask task) {
        preparing.remove(task.taskId());
        var never = new Container(task);
        never.phase = Phase.ENDED;
        containers.put(task.taskId(), never);
        tell(to -> to.ended(task.taskId(), Optional.empty()));
    }

    private void answering(Runnable work) {
        if (hung) {
            whenAnswering.add(work);
        } else {
            work.run();
        }
    }

    public void hang(boolean to) {
        hung = to;
        if (!hung) {
            var waited = List.copyOf(whenAnswering);
            whenAnswering.clear();
            waited.forEach(Runnable::run);
        }
    }

    public void diskFull(boolean to) {
        full = to;
    }

    /// Everything that runs ends; what was being prepared is forgotten.
    public void reboot() {
        boot++;
        preparing.clear();
        hung = false;
        whenAnswering.clear();
        for (var container : List.copyOf(containers.values())) {
            end(container, Live.End.BY_REBOOT, Optional.empty());
        }
        containers.clear();
    }

    public void loseRecords() {
        records.clear();
    }

    /// One of its running tasks ends by itself.
    public void exitOne() {
        var running = running();
        if (!running.isEmpty()) {
            var victim = running.get(world.choose("exit." + agentId, running.size()));
            end(victim, Live.End.BY_ITSELF, Optional.of(world.choose("exit.code", 2)));
        }
    }

    /// One of its running tasks turns unhealthy, or healthy again.
    public void flapOne() {
        var running = running();
        if (!running.isEmpty()) {
            var victim = running.get(world.choose("flap." + agentId, running.size()));
            victim.healthy = !victim.healthy;
            tell(to -> to.unhealthy(victim.task.taskId()));
        }
    }

    public void heal() {
        full = false;
        hang(false);
        running()
                .forEach(container -> {
                    container.healthy = true;
                    tell(to -> to.unhealthy(container.task.taskId()));
                });
    }

    private List<Container> running() {
        return containers.values().stream().filter(c -> c.phase == Phase.RUNNING).toList();
    }

    /// Whether a probe of the task succeeds.
    boolean answersWell(TaskId taskId) {
        var container = containers.get(taskId);
        return container != null && container.phase == Phase.RUNNING && container.healthy;
    }

    boolean write(LocalTask task) {
        if (full) {
            return false;
        }
        records.put(task.taskId(), new Written(boot, task, world.epochMillis()));
        return true;
    }

    SortedMap<TaskId, Written> records() {
        return records;
    }

    void collect(TaskId taskId) {
        records.remove(taskId);
        containers.remove(taskId);
    }

    SortedSet<String> volumes() {
        return volumes;
    }

    void destroyVolume(String volumeId, Runnable done) {
        world.after(
                world.choose("volume." + agentId, DESTROY_MICROS),
                () -> {
                    volumes.remove(volumeId);
                    world.evidence().volumeGone(agentId, volumeId);
                    done.run();
                });
    }

    Optional<String> clusterId() {
        return clusterId;
    }

    void belongTo(String cluster) {
        clusterId = Optional.of(cluster);
    }

    String bootId() {
        return "boot-" + boot;
    }

    /// What an agent that begins finds of the tasks that it has records of.
    LocalTask recovered(Written written) {
        var task = written.task();
        if (task.ended()) {
            return task;
        }
        if (written.boot() != boot) {
            return task.withState(
                    io.ekiden.log.AgentReport.TaskState.GONE,
                    Optional.empty(),
                    "the machine was rebooted");
        }
        return task;
    }

    /// Tells the ear of the state of everything that runs or has run, and of what nobody knows:
    /// `known` has the tasks with records that have not ended.
    void tellAll(SortedSet<TaskId> known, java.util.function.Consumer<TaskId> found) {
        for (var container : List.copyOf(containers.values())) {
            var id = container.task.taskId();
            if (known.contains(id)) {
                adopted(container);
            } else if (container.phase == Phase.RUNNING && !records.containsKey(id)) {
                found.accept(id);
                tell(to -> to.running(id));
            }
        }
        for (var id : known) {
            if (!containers.containsKey(id)) {
                tell(to -> to.notStartable(id, "the agent ended before it could start the task"));
            }
        }
    }
}
