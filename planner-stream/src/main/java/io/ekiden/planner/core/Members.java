package io.ekiden.planner.core;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskOnAgent;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Fact;
import io.ekiden.log.Topics;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Agents that join, fall silent, return and leave.
final class Members {
    /// An agent of which reports are lost again and again does not spend its time with joining.
    private static final Duration REJOIN_PAUSE = Duration.ofMinutes(1);

    private Members() {}

    /// Admits an agent: what it has is compared with what it should have, and it is told all that
    /// it is to run.
    static void joined(Turn turn, AgentReport.AgentJoined joined) {
        var agent =
                new Agent(
                        joined.memberId(),
                        joined.bootId(),
                        turn.sequence(),
                        partition(turn, joined.memberId()),
                        joined.hostname(),
                        joined.ip(),
                        joined.address(),
                        joined.resources(),
                        joined.ports(),
                        joined.disks(),
                        joined.attributes(),
                        joined.runtimes(),
                        Agent.State.ACTIVE,
                        // Who drains it decides when it ends, not the agent.
                        turn.image().agent(joined.memberId()).filter(Agent::draining).isPresent(),
                        turn.now(),
                        Optional.empty(),
                        joined.sealingKey());
        var inventory = new TreeMap<TaskId, TaskOnAgent>();
        joined.inventory().forEach(task -> inventory.put(task.taskId(), task));
        turn.add(new Fact.AgentPut(agent));
        reconcile(turn, agent, inventory);
        releaseHeld(turn, agent.id());
        welcome(turn, agent, joined.session(), inventory);
        inventory.values().forEach(task -> endOrphan(turn, agent, task));
        Volumes.reconcile(turn, agent, joined.volumes());
    }

    /// The agent's own partition for as long as it is known; a new one gets the least used.
    private static int partition(Turn turn, String agentId) {
        var known = turn.image().agent(agentId);
        if (known.isPresent()) {
            return known.get().partition();
        }
        var used = new int[Topics.COMMAND_PARTITIONS];
        turn.image().agents().forEach(agent -> used[agent.partition()]++);
        int best = 1;
        for (int i = 2; i < used.length; i++) {
            best = used[i] < used[best] ? i : best;
        }
        return best;
    }

    private static void reconcile(Turn turn, Agent agent, Map<TaskId, TaskOnAgent> inventory) {
        for (var instance : placedOn(turn, agent)) {
            var task = inventory.get(instance.taskId());
            if (task != null) {
                var seen = Observations.reached(instance, task.address());
                Observations.observed(turn, seen, task.state(), task.message());
                turn.offer(instance.id());
            } else if (instance.condition() != Condition.PROVISIONED) {
                Observations.observed(
                        turn, instance, TaskState.GONE, "the agent knows this task no more");
            }
        }
    }

    private static List<Instance> placedOn(Turn turn, Agent agent) {
        return turn.image().loadOf(agent.id()).instances().stream()
                .map(turn.image()::instance)
                .flatMap(Optional::stream)
                .filter(instance -> instance.condition().holdsResources())
                .toList();
    }

    /// Instances that were held while this agent was away, or while another stayed away, run again.
    private static void releaseHeld(Turn turn, String joinedAgent) {
        for (var instance : turn.image().instances(phase -> phase.goal() == Goal.HELD)) {
            if (instance.placement()
                    .filter(at -> waits(turn, at.agentId(), joinedAgent))
                    .isEmpty()) {
                turn.put(instance.withGoal(Goal.RUNNING));
            }
        }
    }

    private static boolean waits(Turn turn, String heldFor, String joinedAgent) {
        return !heldFor.equals(joinedAgent)
                && turn.image()
                        .agent(heldFor)
                        .filter(agent -> agent.state() == Agent.State.LEFT)
                        .filter(agent -> agent.deadline().isPresent())
                        .isPresent();
    }

    private static void welcome(
            Turn turn, Agent agent, String session, Map<TaskId, TaskOnAgent> inventory) {
        Map<String, RunSpec> definitions = new LinkedHashMap<>();
        var assignment = new ArrayList<Fact.Assigned>();
        var toKill = new ArrayList<Instance>();
        for (var instance : placedOn(turn, agent)) {
            var app = Observations.definition(turn, instance);
            definitions.put(app.key() + app.version(), app);
            boolean launch =
                    instance.condition() == Condition.PROVISIONED
                            && !inventory.containsKey(instance.taskId());
            assignment.add(
                    new Fact.Assigned(
                            instance.taskId(),
                            app.id(),
                            app.version(),
                            instance.placement().orElseThrow().hostPorts(),
                            instance.volumes(),
                            launch));
            if (instance.stopping().isPresent()) {
                toKill.add(instance);
            }
        }
        var cluster = turn.image().cluster().orElseThrow().id();
        turn.add(
                new Fact.Welcomed(
                        cluster, agent, session, List.copyOf(definitions.values()), assignment));
        toKill.forEach(instance -> Kills.repeat(turn, instance));
    }

    /// The image is the fold of the whole journal of this cluster: a task of it that is not there
    /// was ended by a decision, so this is one more order to end it, not a conclusion from absence.
    private static void endOrphan(Turn turn, Agent agent, TaskOnAgent task) {
        boolean lives =
                switch (task.state()) {
                    case STAGING, STARTING, RUNNING -> true;
                    case FINISHED, FAILED, KILLED, ERROR, GONE -> false;
                };
        if (lives && Observations.on(turn.image().instanceOf(task.taskId()), agent).isEmpty()) {
            turn.add(
                    new Fact.KillOrdered(
                            task.taskId(),
                            agent.id(),
                            agent.partition(),
                            agent.epoch(),
                            KillCause.ORPHAN,
                            Optional.empty()));
        }
    }

    /// An agent's heartbeat has stopped: nothing is known of its tasks.
    static void silent(Turn turn, String agentId) {
        var known =
                turn.image().agent(agentId).filter(agent -> agent.state() == Agent.State.ACTIVE);
        if (known.isEmpty()) {
            return;
        }
        var silent = known.get().withState(Agent.State.UNREACHABLE, turn.now());
        turn.add(new Fact.AgentPut(silent.withDeadline(Optional.empty())));
        for (var instance : placedOn(turn, known.get())) {
            Unreachable.began(turn, instance);
        }
    }

    /// A silent agent beats again: it is asked to join, which tells what has become of its tasks.
    static void returned(Turn turn, String agentId) {
        turn.image()
                .agent(agentId)
                .filter(agent -> agent.state() == Agent.State.UNREACHABLE)
                .ifPresent(agent -> turn.add(new Fact.RejoinOrdered(agent)));
    }

    /// An agent says good-bye. If it wants its tasks stopped they are, and their instances wait for
    /// it.
    static void leaving(Turn turn, AgentReport.AgentLeaving leaving) {
        var known =
                turn.image()
                        .agent(leaving.memberId())
                        .filter(agent -> agent.epoch() == leaving.epoch());
        if (known.isEmpty()) {
            return;
        }
        var left = known.get().withState(Agent.State.LEFT, turn.now());
        var patience =
                leaving.stopTasks()
                        ? Optional.of(turn.now().plus(turn.settings().heldFor()))
                        : Optional.<Instant>empty();
        turn.add(new Fact.AgentPut(left.withDeadline(patience)));
        if (leaving.stopTasks()) {
            for (var instance : placedOn(turn, left)) {
                var goal = instance.goal() == Goal.RUNNING ? Goal.HELD : instance.goal();
                Kills.begin(turn, instance, goal, KillCause.SHUTDOWN);
            }
        }
    }

    /// What an agent reported is lost here, and it will not say it again by itself: it is asked to
    /// join, which tells all of it anew (tasks, and with them their health and readiness).
    static void missed(Turn turn, String agentId) {
        turn.image()
                .agent(agentId)
                .filter(agent -> agent.state() == Agent.State.ACTIVE && agent.deadline().isEmpty())
                .ifPresent(agent -> {
                    var soonest = agent.since().plus(REJOIN_PAUSE);
                    var at = soonest.isAfter(turn.now()) ? soonest : turn.now();
                    turn.add(new Fact.AgentPut(agent.withDeadline(Optional.of(at))));
                });
    }

    /// An agent that left has stayed away for long, or one is to say all anew.
    static void due(Turn turn, Agent agent) {
        turn.add(new Fact.AgentPut(agent.withDeadline(Optional.empty())));
        switch (agent.state()) {
            case ACTIVE -> turn.add(new Fact.RejoinOrdered(agent));
            case LEFT -> stayedAway(turn, agent);
            case UNREACHABLE -> {}
        }
    }

    /// Its instances may run elsewhere.
    private static void stayedAway(Turn turn, Agent agent) {
        boolean elsewhere =
                turn.image().agents().stream()
                        .anyMatch(other -> other.state() == Agent.State.ACTIVE);
        if (elsewhere) {
            releaseHeld(turn, agent.id());
        }
    }
}
