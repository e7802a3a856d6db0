package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an agent does about what happens: a function of its state and the event, nothing else. The
/// rules it keeps (numbers of the reliability catalogue):
///
/// - a task id that is known is never started again (1), also not after it was killed (4);
/// - only a command of the present epoch starts or ends anything (3), and none does once another
///   agent of the same id was admitted;
/// - a task that the planner does not name is left alone until it is ordered to be killed (6, 7);
/// - a task does not start while another on this machine has one of its host ports (8, 26);
/// - unasked a task is ended only for exceeding the disk that its own definition allows it;
/// - an ended task stays in the inventory until Kafka has acknowledged the report of its end.
public final class AgentSteps {
    private AgentSteps() {}

    /// The state that follows, and what is to be done, in order.
    public record Step(AgentState state, List<Action> actions) {
        public Step {
            actions = List.copyOf(actions);
        }
    }

    /// An agent begins with what its disk remembers; kills that were ordered before are resumed.
    public static Step begin(
            String agentId,
            Optional<String> clusterId,
            int defaultGraceSeconds,
            Collection<LocalTask> recovered) {
        var tasks = new TreeMap<TaskId, LocalTask>();
        recovered.forEach(task -> tasks.put(task.taskId(), task));
        var nobody = new Membership.Joining("", new TreeMap<>());
        var draft =
                new Draft(
                        new AgentState(
                                agentId,
                                clusterId,
                                defaultGraceSeconds,
                                nobody,
                                "",
                                tasks,
                                Outbox.EMPTY,
                                new TreeSet<>(),
                                new TreeSet<>()));
        for (var task : recovered) {
            if (task.ended() && !task.acknowledged()) {
                draft.report(task);
            } else if (!task.ended() && task.kill().isPresent()) {
                draft.kill(task);
            } else if (!task.ended() && task.limitation().isPresent()) {
                draft.limit(task);
            } else if (task.state() == TaskState.RUNNING) {
                draft.check(task);
            }
        }
        return draft.done();
    }

    public static Step step(AgentState state, Event event) {
        var draft = new Draft(state);
        switch (event) {
            case Event.JoinDue(var session) -> join(draft, session);
            case Event.Commanded(var command, var fresh) -> command(draft, command, fresh);
            case Event.Staging(var taskId, var message) -> staging(draft, taskId, message);
            case Event.Found(var taskId) -> found(draft, taskId);
            case Event.Running running -> running(draft, running);
            case Event.Ended ended -> ended(draft, ended);
            case Event.NotStartable(var taskId, var reason) ->
                    draft.live(taskId)
                            .ifPresent(task ->
                                    draft.end(
                                            task.withState(
                                                    TaskState.ERROR, Optional.empty(), reason)));
            case Event.HealthSeen health ->
                    draft.live(health.taskId())
                            .filter(task -> task.kill().isEmpty())
                            .ifPresent(_ -> draft.reportHealth(health));
            case Event.ReadinessSeen(var taskId, var readiness) ->
                    draft.live(taskId)
                            .filter(task -> task.kill().isEmpty())
                            .ifPresent(task -> draft.readiness(task, readiness));
            case Event.CheckSeen check ->
                    draft.live(check.taskId().unit())
                            .filter(task -> task.kill().isEmpty())
                            .ifPresent(_ -> draft.reportCheck(check));
            case Event.DiskUsed(var taskId, var bytes) -> diskUsed(draft, taskId, bytes);
            case Event.Delivered(var version, var epoch) -> draft.delivered(version, epoch);
            case Event.Undelivered(var version, var epoch) -> draft.undelivered(version, epoch);
            case Event.LeaseLapsed _ -> {
                if (draft.membership() instanceof Membership.Member) {
                    draft.joinAgain("the planner may have given this agent up");
                }
            }
            case Event.Beat _ -> {
                draft.sendPending();
                // A lease that has lapsed was told before.
                if (draft.membership() instanceof Membership.Member) {
                    draft.startWaiting();
                }
            }
            case Event.VolumeDestroyed(var volumeId) -> draft.volumeDestroyed(volumeId);
            case Event.RuntimesChanged _ -> {
                if (draft.membership() instanceof Membership.Member) {
                    draft.joinAgain("what it can run has changed");
                }
            }
            case Event.LeaveWanted(var stopTasks) -> leave(draft, stopTasks);
            case Event.Forgotten(var taskId) -> draft.forget(taskId);
        }
        return draft.done();
    }

    private static void join(Draft draft, String session) {
        switch (draft.membership()) {
            case Membership.Joining _, Membership.Member _ -> draft.join(session);
            case Membership.Leaving _, Membership.Fenced _, Membership.Refused _ -> {}
        }
    }

    private static void command(Draft draft, AgentCommand command, boolean leaseFresh) {
        if (!command.agentId().equals(draft.agentId())) {
            return;
        }
        switch (command) {
            case AgentCommand.Welcome welcome -> welcome(draft, welcome);
            case AgentCommand.Rejoin(_, var epoch, _) -> {
                if (draft.membership() instanceof Membership.Member(var mine, _) && mine == epoch) {
                    draft.joinAgain("the planner asks what this agent has");
                }
            }
            case AgentCommand.Launch(_, var epoch, var sequence, var task) -> {
                if (draft.membership() instanceof Membership.Member(var mine, _) && mine == epoch) {
                    obey(draft, leaseFresh, () -> launch(draft, task, sequence));
                }
            }
            case AgentCommand.DestroyVolume destroy -> {
                if (draft.epoch().equals(Optional.of(destroy.epoch()))) {
                    obey(draft, leaseFresh, () -> draft.condemn(destroy.volumeId()));
                }
            }
            case AgentCommand.Kill kill -> {
                if (draft.epoch().equals(Optional.of(kill.epoch()))) {
                    obey(draft, leaseFresh, () -> kill(draft, kill));
                }
            }
        }
    }

    /// An agent that was stopped for long may find commands that were taken back meanwhile: it asks
    /// anew what it is to run before it acts on any.
    private static void obey(Draft draft, boolean leaseFresh, Runnable execution) {
        if (leaseFresh || draft.membership() instanceof Membership.Leaving) {
            execution.run();
        } else {
            draft.joinAgain("a command came after a long silence");
        }
    }

    private static void welcome(Draft draft, AgentCommand.Welcome welcome) {
        switch (draft.membership()) {
            case Membership.Joining(var session, var announced) -> {
                if (session.equals(welcome.session())) {
                    draft.admitted(welcome, announced);
                }
            }
            case Membership.Member(var epoch, _) -> foreignWelcome(draft, epoch, welcome);
            case Membership.Leaving(var epoch, _) -> foreignWelcome(draft, epoch, welcome);
            case Membership.Fenced _, Membership.Refused _ -> {}
        }
    }

    /// Welcomes come in the order in which agents joined: a later one for this id means that
    /// another agent has joined after this one.
    private static void foreignWelcome(Draft draft, long epoch, AgentCommand.Welcome welcome) {
        if (welcome.epoch() > epoch && draft.isOwn(welcome.session())) {
            draft.joinAgain("an earlier attempt to join was answered late");
        } else if (welcome.epoch() > epoch) {
            draft.halt(
                    new Membership.Fenced(welcome.epoch()),
                    "another agent with this id has joined");
        }
    }

    static void launch(Draft draft, AgentCommand.Task task, long sequence) {
        var known = draft.task(task.taskId());
        if (known.isEmpty()) {
            draft.start(LocalTask.assigned(task, sequence));
        } else if (known.get().ended()) {
            draft.report(known.get());
        }
    }

    private static void kill(Draft draft, AgentCommand.Kill kill) {
        var known = draft.task(kill.taskId());
        if (known.isEmpty()) {
            // Remembered, so that a launch that comes after is not obeyed.
            draft.end(
                    LocalTask.stranger(
                            kill.taskId(), TaskState.GONE, "not known to this agent when killed"));
        } else if (known.get().ended()) {
            draft.report(known.get());
        } else if (known.get().kill().isEmpty()) {
            var order =
                    new LocalTask.KillOrder(
                            kill.sequence(),
                            kill.cause(),
                            Math.max(
                                    0,
                                    kill.graceSeconds()
                                            .or(() -> graceOf(known.get()))
                                            .orElse(draft.defaultGraceSeconds())));
            draft.kill(known.get().withKill(order));
        }
    }

    private static Optional<Integer> graceOf(LocalTask task) {
        return task.task().flatMap(definition -> definition.spec().taskKillGraceSeconds());
    }

    private static void staging(Draft draft, TaskId taskId, String message) {
        draft.live(taskId)
                .filter(task -> task.state() == TaskState.STAGING)
                .filter(task -> !task.message().equals(message))
                .map(task -> task.withState(TaskState.STAGING, Optional.empty(), message))
                .ifPresent(task -> {
                    draft.remember(task);
                    draft.report(task);
                });
    }

    /// The planner is told as of any task that it did not name: nothing is done to it unasked.
    private static void found(Draft draft, TaskId taskId) {
        if (draft.live(taskId).isEmpty()) {
            draft.remember(LocalTask.stranger(taskId, TaskState.STARTING, ""));
            if (draft.membership() instanceof Membership.Member) {
                draft.joinAgain("a task was found that no record tells of");
            }
        }
    }

    private static void running(Draft draft, Event.Running running) {
        draft.live(running.taskId())
                .filter(task -> task.state() != TaskState.RUNNING)
                .map(task -> task.running(running.address()))
                .ifPresent(task -> {
                    draft.remember(task);
                    draft.report(task);
                    if (task.kill().isEmpty()) {
                        draft.check(task);
                    }
                });
    }

    private static void ended(Draft draft, Event.Ended ended) {
        draft.live(ended.taskId())
                .ifPresent(task -> {
                    var state = endState(task, ended.exitCode());
                    draft.end(task.withState(state, ended.exitCode(), message(task, state, ended)));
                });
    }

    /// Also while the planner is not to be heard: the disk is shared by all that run here.
    private static void diskUsed(Draft draft, TaskId taskId, long bytes) {
        if (!draft.acts()) {
            return;
        }
        draft.live(taskId)
                .filter(task -> task.state() == TaskState.RUNNING)
                .filter(task -> task.kill().isEmpty() && task.limitation().isEmpty())
                .ifPresent(task ->
                        task.task()
                                .flatMap(DiskQuota::of)
                                .flatMap(quota -> quota.exceededBy(bytes))
                                .ifPresent(why -> draft.limit(task.withLimitation(why))));
    }

    /// What the task was ended for says more than the signal that ended it.
    private static String message(LocalTask task, TaskState state, Event.Ended ended) {
        var why =
                state == TaskState.FAILED
                        ? task.limitation().orElse(ended.message())
                        : ended.message();
        return state == TaskState.FAILED && !ended.lastOutput().isEmpty()
                ? why + "\n" + ended.lastOutput()
                : why;
    }

    private static TaskState endState(LocalTask task, Optional<Integer> exitCode) {
        if (task.kill().isPresent()) {
            return TaskState.KILLED;
        }
        if (task.limitation().isPresent()) {
            return TaskState.FAILED;
        }
        return exitCode.equals(Optional.of(0)) ? TaskState.FINISHED : TaskState.FAILED;
    }

    private static void leave(Draft draft, boolean stopTasks) {
        if (draft.membership() instanceof Membership.Member(var epoch, var partition)) {
            draft.leave(new Membership.Leaving(epoch, partition), stopTasks);
        }
    }
}
