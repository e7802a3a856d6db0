package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// One step in the making: the state as changed so far, and what was decided to do.
final class Draft {
    /// Longest message of a report, in characters: a reason and the last output of a task.
    static final int MAX_MESSAGE = 1024 + 8192;

    private final AgentState before;
    private final TreeMap<TaskId, LocalTask> tasks;
    private final List<Action> actions = new ArrayList<>();
    private Membership membership;
    private Optional<String> clusterId;
    private Outbox outbox;
    private String session;
    private final TreeSet<String> condemned;
    private final TreeSet<TaskId> waiting;

    Draft(AgentState before) {
        this.before = before;
        this.tasks = new TreeMap<>(before.tasks());
        this.membership = before.membership();
        this.clusterId = before.clusterId();
        this.outbox = before.outbox();
        this.session = before.session();
        this.condemned = new TreeSet<>(before.condemned());
        this.waiting = new TreeSet<>(before.waiting());
    }

    AgentSteps.Step done() {
        return new AgentSteps.Step(
                new AgentState(
                        before.agentId(),
                        clusterId,
                        before.defaultGraceSeconds(),
                        membership,
                        session,
                        tasks,
                        outbox,
                        condemned,
                        waiting),
                actions);
    }

    String agentId() {
        return before.agentId();
    }

    int defaultGraceSeconds() {
        return before.defaultGraceSeconds();
    }

    Membership membership() {
        return membership;
    }

    /// The epoch in which this agent may act and report; empty when it may not.
    Optional<Long> epoch() {
        return switch (membership) {
            case Membership.Member(var epoch, _) -> Optional.of(epoch);
            case Membership.Leaving(var epoch, _) -> Optional.of(epoch);
            case Membership.Joining _, Membership.Fenced _, Membership.Refused _ ->
                    Optional.empty();
        };
    }

    /// Whether this agent still acts; one that does not leaves its tasks alone.
    boolean acts() {
        return switch (membership) {
            case Membership.Joining _, Membership.Member _, Membership.Leaving _ -> true;
            case Membership.Fenced _, Membership.Refused _ -> false;
        };
    }

    Optional<LocalTask> task(TaskId taskId) {
        return Optional.ofNullable(tasks.get(taskId));
    }

    Optional<LocalTask> live(TaskId taskId) {
        return task(taskId).filter(task -> !task.ended());
    }

    void act(Action action) {
        actions.add(action);
    }

    void remember(LocalTask task) {
        tasks.put(task.taskId(), task);
        act(new Action.Remember(task));
    }

    /// At once, or when nothing else has its host ports any more: a task that its planner has given
    /// up goes on here until it is killed, and what is meant for the new one would reach it.
    void start(LocalTask task) {
        var holder = holder(task);
        if (holder.isPresent()) {
            waiting.add(task.taskId());
            var why = "waits for the end of %s, which has a port of it".formatted(holder.get());
            remember(task.withState(task.state(), Optional.empty(), why));
        } else {
            startNow(task);
        }
        report(tasks.get(task.taskId()));
    }

    /// Starts those whose ports are free by now. To be called only while the planner can't have
    /// given them up.
    void startWaiting() {
        for (var id : List.copyOf(waiting)) {
            var task = tasks.get(id).withState(tasks.get(id).state(), Optional.empty(), "");
            if (holder(task).isEmpty()) {
                waiting.remove(id);
                startNow(task);
            }
        }
    }

    private void startNow(LocalTask task) {
        remember(task);
        act(new Action.Start(task));
    }

    /// Another task that runs here, or is about to, with one of this one's host ports.
    private Optional<TaskId> holder(LocalTask task) {
        var wanted = hostPorts(task);
        return tasks.values().stream()
                .filter(other -> !other.ended() && !waiting.contains(other.taskId()))
                .filter(other -> !other.taskId().equals(task.taskId()))
                .filter(other -> !Collections.disjoint(wanted, hostPorts(other)))
                .map(LocalTask::taskId)
                .findFirst();
    }

    private static List<Integer> hostPorts(LocalTask task) {
        return task.task().map(AgentCommand.Task::heldPorts).orElse(List.of());
    }

    void kill(LocalTask task) {
        if (waiting.contains(task.taskId())) {
            end(task.withState(TaskState.KILLED, Optional.empty(), "killed before its start"));
            return;
        }
        remember(task);
        act(new Action.StopChecking(task.taskId()));
        var grace = Duration.ofSeconds(task.kill().orElseThrow().graceSeconds());
        act(new Action.Kill(task.taskId(), grace));
    }

    /// At once, as Mesos does: during a grace it would go on exceeding.
    void limit(LocalTask task) {
        remember(task);
        act(new Action.StopChecking(task.taskId()));
        act(new Action.Kill(task.taskId(), Duration.ZERO));
    }

    void end(LocalTask task) {
        remember(task);
        act(new Action.StopChecking(task.taskId()));
        outbox = outbox.withoutChecksOf(task.taskId());
        report(task);
        destroyUnused();
        waiting.remove(task.taskId());
    }

    /// A volume that a task still uses is destroyed after that task's end.
    void condemn(String volumeId) {
        condemned.add(volumeId);
        destroyUnused();
    }

    private void destroyUnused() {
        var unused = condemned.stream().filter(volume -> !used(volume)).toList();
        unused.forEach(volume -> act(new Action.DestroyVolume(volume)));
        unused.forEach(condemned::remove);
    }

    /// A task of which only the id is known may use any.
    private boolean used(String volumeId) {
        return tasks.values().stream()
                .filter(task -> !task.ended())
                .anyMatch(task -> task.task().map(t -> uses(t, volumeId)).orElse(true));
    }

    private static boolean uses(AgentCommand.Task task, String volumeId) {
        return task.volumes().stream().anyMatch(volume -> volume.id().equals(volumeId));
    }

    void volumeDestroyed(String volumeId) {
        enqueue(
                Outbox.Kind.VOLUME,
                volumeId,
                new AgentReport.VolumeDestroyed(agentId(), epoch().orElse(0L), volumeId));
    }

    /// What is known of its readiness is said again.
    void check(LocalTask task) {
        if (task.task().isPresent()) {
            act(new Action.Check(task));
            task.readiness().ifPresent(readiness -> reportReadiness(task.taskId(), readiness));
        }
    }

    void forget(TaskId taskId) {
        if (task(taskId).filter(task -> task.ended() && task.acknowledged()).isPresent()) {
            tasks.remove(taskId);
        }
    }

    /// From now on no member; the session follows with the next attempt.
    void joinAgain(String reason) {
        membership = new Membership.Joining("", new TreeMap<>());
        act(new Action.JoinAgain(reason));
    }

    boolean isOwn(String other) {
        return before.isOwn(other);
    }

    void join(String attempt) {
        var inventory =
                tasks.values().stream()
                        .filter(task -> !task.ended() || !task.acknowledged())
                        .map(LocalTask::inInventory)
                        .toList();
        var announced = new TreeMap<TaskId, TaskState>();
        inventory.forEach(task -> announced.put(task.taskId(), task.state()));
        session = attempt;
        membership = new Membership.Joining(attempt, announced);
        act(new Action.Join(attempt, inventory));
    }

    void admitted(AgentCommand.Welcome welcome, SortedMap<TaskId, TaskState> announced) {
        if (clusterId.isPresent() && !clusterId.get().equals(welcome.clusterId())) {
            var reason =
                    "the work directory belongs to cluster %s, not to %s"
                            .formatted(clusterId.get(), welcome.clusterId());
            halt(new Membership.Refused(reason), reason);
            return;
        }
        if (clusterId.isEmpty()) {
            clusterId = Optional.of(welcome.clusterId());
            act(new Action.BelongTo(welcome.clusterId()));
        }
        membership = new Membership.Member(welcome.epoch(), welcome.partition());
        act(new Action.Follow(welcome.partition()));
        announced.forEach(this::heard);
        welcome.assignment().forEach(task -> assigned(welcome.sequence(), task, announced));
        endForsaken(welcome.assignment());
        sendPending();
    }

    /// What waited for its ports and has been given up meanwhile never runs.
    private void endForsaken(List<AgentCommand.Task> assignment) {
        var assigned = assignment.stream().map(AgentCommand.Task::taskId).toList();
        for (var id : List.copyOf(waiting)) {
            if (!assigned.contains(id)) {
                var why = "given up before its start";
                end(tasks.get(id).withState(TaskState.KILLED, Optional.empty(), why));
            }
        }
    }

    /// The planner has answered the inventory, so it has read it.
    private void heard(TaskId taskId, TaskState state) {
        task(taskId)
                .filter(task -> task.state() == state)
                .ifPresent(task -> {
                    outbox = outbox.withoutStatusOf(taskId);
                    if (task.ended() && !task.acknowledged()) {
                        remember(task.withAcknowledged());
                    }
                });
    }

    private void assigned(
            long sequence, AgentCommand.Task task, SortedMap<TaskId, TaskState> announced) {
        var known = task(task.taskId());
        if (known.isEmpty() && task.launch()) {
            start(LocalTask.assigned(task, sequence));
        } else if (known.isEmpty()) {
            end(
                    LocalTask.stranger(
                            task.taskId(), TaskState.GONE, "not known to this agent any more"));
        } else if (known.get().ended()) {
            report(known.get());
        } else {
            adopt(known.get(), task);
            if (announced.get(task.taskId()) != known.get().state()) {
                report(known.get());
            }
        }
    }

    private void adopt(LocalTask known, AgentCommand.Task task) {
        var adopted = known;
        if (known.task().isEmpty()) {
            adopted = known.withDefinition(task);
            remember(adopted);
        }
        if (adopted.state() == TaskState.RUNNING && adopted.kill().isEmpty()) {
            check(adopted);
        }
    }

    void leave(Membership.Leaving leaving, boolean stopTasks) {
        membership = leaving;
        enqueue(
                Outbox.Kind.LEAVING,
                "",
                new AgentReport.AgentLeaving(agentId(), leaving.epoch(), stopTasks));
    }

    void halt(Membership end, String reason) {
        membership = end;
        act(new Action.Halt(reason));
    }

    void report(LocalTask task) {
        enqueue(
                Outbox.Kind.STATUS,
                task.taskId().value(),
                new AgentReport.TaskStatus(
                        agentId(),
                        epoch().orElse(0L),
                        task.taskId(),
                        task.state(),
                        task.exitCode(),
                        bounded(task.message()),
                        task.causation(),
                        task.address()));
    }

    void reportHealth(Event.HealthSeen health) {
        enqueue(
                Outbox.Kind.HEALTH,
                health.taskId().value(),
                new AgentReport.HealthChanged(
                        agentId(),
                        epoch().orElse(0L),
                        health.taskId(),
                        health.alive(),
                        health.exhausted(),
                        health.results()));
    }

    private void reportReadiness(TaskId taskId, Readiness readiness) {
        enqueue(
                Outbox.Kind.READINESS,
                taskId.value(),
                new AgentReport.ReadinessChanged(
                        agentId(),
                        epoch().orElse(0L),
                        taskId,
                        readiness.ready(),
                        readiness.lastResponse()));
    }

    void reportCheck(Event.CheckSeen check) {
        enqueue(
                Outbox.Kind.CHECK,
                check.taskId().value(),
                new AgentReport.CheckChanged(
                        agentId(), epoch().orElse(0L), check.taskId(), check.result()));
    }

    /// Remembered, so that after a restart nobody asks a task that was ready.
    void readiness(LocalTask task, Readiness readiness) {
        remember(task.withReadiness(readiness));
        reportReadiness(task.taskId(), readiness);
    }

    private void enqueue(Outbox.Kind kind, String subject, AgentReport.OfEpoch report) {
        outbox = outbox.with(kind, subject, report);
        sendPending();
    }

    /// Everything that is not under way, with the epoch of now; nothing while this agent is not
    /// admitted, for then what it says is void.
    void sendPending() {
        epoch().ifPresent(epoch -> {
            for (var version : outbox.unsentIn(epoch)) {
                var pending = outbox.pending().get(version);
                outbox = outbox.marked(version, epoch);
                act(new Action.Send(version, inEpoch(pending.report(), epoch)));
            }
        });
    }

    void delivered(long version, long sentIn) {
        var pending = Optional.ofNullable(outbox.pending().get(version));
        // What was delivered in an earlier epoch may have been void: it is said again.
        if (pending.isEmpty() || !epoch().equals(Optional.of(sentIn))) {
            return;
        }
        outbox = outbox.without(version);
        if (pending.get().kind() == Outbox.Kind.STATUS) {
            task(new TaskId(pending.get().subject()))
                    .filter(task -> task.ended() && !task.acknowledged())
                    .ifPresent(task -> remember(task.withAcknowledged()));
        }
    }

    void undelivered(long version, long sentIn) {
        var pending = Optional.ofNullable(outbox.pending().get(version));
        if (pending.filter(p -> p.sentIn() == sentIn).isPresent()) {
            outbox = outbox.marked(version, 0);
        }
    }

    private static AgentReport.OfEpoch inEpoch(AgentReport.OfEpoch report, long epoch) {
        return switch (report) {
            case AgentReport.TaskStatus s ->
                    new AgentReport.TaskStatus(
                            s.memberId(),
                            epoch,
                            s.taskId(),
                            s.state(),
                            s.exitCode(),
                            s.message(),
                            s.causation(),
                            s.address());
            case AgentReport.HealthChanged h ->
                    new AgentReport.HealthChanged(
                            h.memberId(), epoch, h.taskId(), h.alive(), h.exhausted(), h.results());
            case AgentReport.ReadinessChanged r ->
                    new AgentReport.ReadinessChanged(
                            r.memberId(), epoch, r.taskId(), r.ready(), r.lastResponse());
            case AgentReport.CheckChanged c ->
                    new AgentReport.CheckChanged(c.memberId(), epoch, c.taskId(), c.result());
            case AgentReport.VolumeDestroyed v ->
                    new AgentReport.VolumeDestroyed(v.memberId(), epoch, v.volumeId());
            case AgentReport.AgentLeaving l ->
                    new AgentReport.AgentLeaving(l.memberId(), epoch, l.stopTasks());
        };
    }

    private static String bounded(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    }
}
