package io.ekiden.simulator.world;

import io.ekiden.agent.core.Action;
import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Membership;
import io.ekiden.agent.core.Retention;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Commands;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.MemberKind;
import io.ekiden.model.TaskId;
import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.log.Slot;
import io.ekiden.simulator.log.Tail;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// One life of an agent: carries events and actions between the real [io.ekiden.agent.core] and the
/// simulated log and machine, as the daemon's shell does between Kafka and the engine.
final class AgentProcess implements Machine.Ear {
    private static final long BEAT = 2 * Timeline.SECOND;
    private static final long ASK = 5 * Timeline.SECOND;
    private static final long COLLECT = 60 * Timeline.SECOND;
    private static final long LEASE_MILLIS = 8_000;
    private static final int JOIN_SECONDS = 2;
    private static final int JOIN_MAX_SECONDS = 10;
    private static final int KILL_GRACE_SECONDS = 3;

    private final World world;
    private final SimAgent agent;
    private final Machine machine;
    private final String life;
    private final Sender sender;
    private final Checks checks;
    private final long[] noted = new long[io.ekiden.simulator.log.SimLog.COMMAND_PARTITIONS];
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private Optional<Tail> welcomes = Optional.empty();
    private Optional<Tail> own = Optional.empty();
    private AgentState state;
    private Point renewed;
    private Point joinedAt;
    private long sessions;
    private long said;
    private int attempts;
    private boolean over;
    private boolean beating;
    private boolean scheduled;

    /// A moment on both of the machine's clocks.
    private record Point(long monotonic, long wall) {}

    AgentProcess(World world, SimAgent agent, Machine machine, String life) {
        this.world = world;
        this.agent = agent;
        this.machine = machine;
        this.life = life;
        this.sender = new Sender(world, agent.node());
        this.checks = new Checks(world, agent.id(), machine, this::post);
        this.renewed = point();
        this.joinedAt = renewed;
        this.state =
                world.cores().agent().begin(agent.id(), Optional.empty(), 0, List.of()).state();
    }

    AgentState state() {
        return state;
    }

    private Point point() {
        return new Point(agent.node().monotonicMillis(), agent.node().wallMillis());
    }

    void begin() {
        var recovered = machine.records().values().stream().map(machine::recovered).toList();
        var begun =
                world.cores()
                        .agent()
                        .begin(agent.id(), machine.clusterId(), KILL_GRACE_SECONDS, recovered);
        state = begun.state();
        machine.listen(Optional.of(this));
        var known = new TreeSet<TaskId>();
        recovered.stream().filter(task -> !task.ended()).forEach(t -> known.add(t.taskId()));
        machine.tellAll(known, taskId -> post(new Event.Found(taskId)));
        perform(begun.actions());
        world.evidence().recovered(agent.id());
        post(joinDue());
        beat();
        world.after(COLLECT, this::collect);
    }

    void end() {
        over = true;
        machine.listen(Optional.empty());
        sender.close();
        welcomes.ifPresent(Tail::close);
        own.ifPresent(Tail::close);
        checks.close();
    }

    /// In its turn; a process that is stopped takes it when it goes on.
    void post(Event event) {
        turn(() -> step(event));
    }

    private void turn(Runnable work) {
        waiting.add(work);
        resumed();
    }

    void resumed() {
        if (!scheduled) {
            scheduled = true;
            world.after(0, this::drain);
        }
    }

    private void drain() {
        scheduled = false;
        while (!waiting.isEmpty() && !over && !agent.node().paused()) {
            waiting.remove().run();
        }
    }

    private void step(Event event) {
        if (over) {
            return;
        }
        var step = world.cores().agent().step(state, event);
        state = step.state();
        if (!step.actions().isEmpty() && step.actions().stream().noneMatch(AgentProcess::speaks)) {
            world.event(agent.id(), event.getClass().getSimpleName());
        }
        perform(step.actions());
    }

    /// Whether what is done is an event by itself.
    private static boolean speaks(Action action) {
        return switch (action) {
            case Action.Start _, Action.Kill _, Action.Send _, Action.DestroyVolume _ -> true;
            default -> false;
        };
    }

    private void perform(List<Action> actions) {
        var unrecorded = new TreeSet<TaskId>();
        for (var action : actions) {
            if (over) {
                return;
            }
            perform(action, unrecorded);
            if (world.happens(Fault.CRASH_BETWEEN_ACTIONS)) {
                agent.crash();
                return;
            }
        }
    }

    private void perform(Action action, Set<TaskId> unrecorded) {
        switch (action) {
            case Action.Remember(var task) -> {
                if (machine.write(task)) {
                    world.evidence().remembered(agent.id(), task.taskId());
                } else {
                    unrecorded.add(task.taskId());
                }
            }
            case Action.Start(var task) -> start(task, unrecorded);
            case Action.Kill(var taskId, var grace) ->
                    machine.kill(
                            Optional.ofNullable(state.tasks().get(taskId)).orElseThrow(),
                            grace.toSeconds());
            case Action.DestroyVolume(var volumeId) -> {
                world.event(agent.id(), "destroys " + volumeId);
                machine.destroyVolume(volumeId, () -> post(new Event.VolumeDestroyed(volumeId)));
            }
            case Action.Check(var task) -> checks.begin(task);
            case Action.StopChecking(var taskId) -> checks.end(taskId);
            case Action.Send(var version, var report) ->
                    send(
                            report,
                            delivered ->
                                    post(
                                            delivered
                                                    ? new Event.Delivered(version, report.epoch())
                                                    : new Event.Undelivered(
                                                            version, report.epoch())));
            case Action.Join join -> join(join);
            case Action.JoinAgain _ -> {
                attempts = 0;
                post(joinDue());
            }
            case Action.Follow(var partition) -> follow(partition);
            case Action.BelongTo(var clusterId) -> machine.belongTo(clusterId);
            case Action.Halt(var reason) -> world.event(agent.id(), "halts: " + reason);
        }
    }

    private void start(LocalTask task, Set<TaskId> unrecorded) {
        if (unrecorded.contains(task.taskId())) {
            post(new Event.NotStartable(task.taskId(), "the agent cannot write the task's record"));
        } else {
            machine.start(task);
        }
    }

    private void send(AgentReport report, java.util.function.Consumer<Boolean> done) {
        world.event(agent.id(), "reports " + Describe.report(report));
        sender.send(
                world.log().agentReports(),
                agent.id(),
                world.wire().pack(AgentReport.class, report),
                done);
    }

    private Event joinDue() {
        sessions++;
        return new Event.JoinDue(life + "." + sessions);
    }

    /// Asks where commands end, then says so; in the order of the attempts, and not after the
    /// question has timed out.
    private void join(Action.Join join) {
        long attempt = sessions;
        long asked = world.now();
        agent.node()
                .whenRead(() -> {
                    boolean late = world.now() - asked > ASK || attempt < said;
                    if (!over && !late) {
                        said = attempt;
                        noteEnds();
                        sayJoined(join);
                    }
                });
        long patience =
                Math.min(JOIN_MAX_SECONDS, JOIN_SECONDS << Math.min(attempts, 4)) * Timeline.SECOND;
        attempts++;
        world.after(patience, () -> retry(join));
    }

    private void retry(Action.Join join) {
        if (!over
                && state.membership() instanceof Membership.Joining now
                && now.session().equals(join.session())) {
            post(joinDue());
        }
    }

    private void noteEnds() {
        for (int i = 0; i < noted.length; i++) {
            noted[i] = world.log().commands(i).stable();
        }
        if (welcomes.isEmpty()) {
            welcomes = Optional.of(tail(Commands.WELCOME_PARTITION));
        }
    }

    private void sayJoined(Action.Join join) {
        joinedAt = point();
        send(agent.joined(join, machine), _ -> {});
    }

    private void follow(int partition) {
        attempts = 0;
        renewed = joinedAt;
        own.ifPresent(Tail::close);
        own = Optional.of(tail(partition));
    }

    private Tail tail(int partition) {
        return new Tail(
                world.log().commands(partition),
                noted[partition],
                50,
                agent.node(),
                this::commanded);
    }

    private void commanded(Slot slot) {
        if (slot.key().equals(agent.id())) {
            var command = world.wire().read(AgentCommand.class, slot.value().orElseThrow());
            turn(() -> step(new Event.Commanded(command, fresh())));
        }
    }

    private boolean fresh() {
        var now = point();
        return now.monotonic() - renewed.monotonic() < LEASE_MILLIS
                && now.wall() - renewed.wall() < LEASE_MILLIS;
    }

    private void beat() {
        if (over) {
            return;
        }
        world.after(BEAT, this::beat);
        if (!agent.node().paused()) {
            turn(this::beatNow);
        }
    }

    private void beatNow() {
        switch (state.membership()) {
            case Membership.Member(var epoch, _) -> {
                if (fresh()) {
                    heartbeat(epoch);
                } else {
                    step(new Event.LeaseLapsed());
                }
            }
            case Membership.Leaving(var epoch, _) -> heartbeat(epoch);
            case Membership.Joining _, Membership.Fenced _, Membership.Refused _ -> {}
        }
        step(new Event.Beat());
    }

    private void heartbeat(long epoch) {
        if (beating) {
            return;
        }
        beating = true;
        var sent = point();
        sender.send(
                world.log().heartbeats(),
                agent.id(),
                world.wire()
                        .pack(Heartbeat.class, new Heartbeat(MemberKind.AGENT, agent.id(), epoch)),
                delivered -> {
                    beating = false;
                    if (delivered) {
                        renewed = sent;
                    }
                });
    }

    private void collect() {
        if (over) {
            return;
        }
        world.after(COLLECT, this::collect);
        var ended =
                state.tasks().values().stream()
                        .filter(task -> task.ended() && task.acknowledged())
                        .filter(task -> machine.records().containsKey(task.taskId()))
                        .map(task ->
                                new Retention.Kept(
                                        task.taskId(),
                                        task.task().map(t -> t.spec().id()),
                                        Instant.ofEpochMilli(
                                                machine.records().get(task.taskId()).at())))
                        .toList();
        for (var taskId :
                Retention.DEFAULT.expired(ended, Instant.ofEpochMilli(world.epochMillis()))) {
            machine.collect(taskId);
            post(new Event.Forgotten(taskId));
        }
    }

    @Override
    public void running(TaskId taskId) {
        post(new Event.Running(taskId));
    }

    @Override
    public void ended(TaskId taskId, Optional<Integer> exitCode) {
        post(new Event.Ended(taskId, exitCode, ""));
    }

    @Override
    public void notStartable(TaskId taskId, String reason) {
        post(new Event.NotStartable(taskId, reason));
    }

    @Override
    public void staging(TaskId taskId, String message) {
        post(new Event.Staging(taskId, message));
    }

    @Override
    public void unhealthy(TaskId taskId) {
        checks.look(taskId);
    }
}
