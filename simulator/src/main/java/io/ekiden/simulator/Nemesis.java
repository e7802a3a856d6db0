package io.ekiden.simulator;

import io.ekiden.simulator.world.Members;
import io.ekiden.simulator.world.Node;
import io.ekiden.simulator.world.PlannerProcess;
import io.ekiden.simulator.world.SimAgent;
import io.ekiden.simulator.world.SimGateway;
import io.ekiden.simulator.world.SimProxy;
import io.ekiden.simulator.world.World;
import java.util.List;
import java.util.Optional;

/// Lets the faults that have a rate happen, until the world is calm.
final class Nemesis {
    private static final int LONGEST_SECONDS = 60;
    private static final int SHORT_SECONDS = 8;
    private static final long[] JUMPS_MILLIS = {
        1_000, -1_000, 60_000, -60_000, 3_600_000, -3_600_000
    };

    private final World world;
    private final Members members;
    private Fault striking = Fault.PLANNER_CRASH;

    Nemesis(World world, Members members) {
        this.world = world;
        this.members = members;
    }

    void begin() {
        world.options().faults().stream()
                .filter(fault -> fault.everySeconds() > 0)
                .forEach(this::schedule);
    }

    private void schedule(Fault fault) {
        int most = 2 * fault.everySeconds() * 1000;
        world.after(
                most * Timeline.MILLI
                        - world.choose("nemesis." + fault.name(), most) * Timeline.MILLI,
                () -> {
                    if (!world.isCalm()) {
                        schedule(fault);
                        striking = fault;
                        if (choose("strikes", Choices.MILLION) > 0) {
                            strike(fault);
                        }
                    }
                });
    }

    /// Of the fault that strikes now.
    private int choose(String what, int bound) {
        return world.choose("nemesis." + striking.name() + "." + what, bound);
    }

    private <T> T any(String what, List<T> items) {
        return items.get(choose("which." + what, items.size()));
    }

    private SimAgent agent() {
        return any("agent", members.agents());
    }

    private Optional<PlannerProcess> planner() {
        var up = members.planners().members().stream().filter(PlannerProcess::up).toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(any("planner", up));
    }

    /// From half a second to some seconds, now and then a minute.
    private long duration() {
        int seconds = choose("long", 3) == 2 ? LONGEST_SECONDS : SHORT_SECONDS;
        return (500 + choose("duration", seconds * 1000)) * Timeline.MILLI;
    }

    private void strike(Fault fault) {
        switch (fault) {
            case PLANNER_CRASH -> planner().ifPresent(planner -> crash(fault, planner));
            case PLANNER_PAUSE -> planner().ifPresent(planner -> pause(fault, planner.node()));
            case PLANNER_CUT ->
                    planner().ifPresent(planner -> cut(fault, planner.node(), true, true));
            case AGENT_CRASH -> up().ifPresent(agent -> during(fault, agent::crash, () -> {}));
            case AGENT_REBOOT -> up().ifPresent(agent -> during(fault, agent::reboot, () -> {}));
            case AGENT_PAUSE -> {
                var agent = agent();
                during(fault, () -> agent.pause(true), () -> agent.pause(false));
            }
            case AGENT_JOURNAL_LOSS ->
                    up().ifPresent(agent ->
                            during(
                                    fault,
                                    () -> {
                                        agent.crash();
                                        agent.machine().loseRecords();
                                    },
                                    () -> {}));
            case AGENT_LEAVES ->
                    up().ifPresent(agent ->
                            during(
                                    fault,
                                    () -> agent.leave(choose("leave.stop", 2) == 1, duration()),
                                    () -> {}));
            case AGENT_CUT -> cut(fault, agent().node(), true, true);
            case AGENT_CUT_ONE_WAY -> {
                boolean out = choose("way", 2) == 1;
                cut(fault, agent().node(), out, !out);
            }
            case ALL_AGENTS_CUT ->
                    during(
                            fault,
                            () -> members.agents().forEach(a -> a.node().cut(true, true)),
                            () -> members.agents().forEach(a -> a.node().cut(false, false)));
            case LOG_AWAY -> during(fault, () -> world.logAway(true), () -> world.logAway(false));
            case ENGINE_HANGS -> {
                var machine = agent().machine();
                during(fault, () -> machine.hang(true), () -> machine.hang(false));
            }
            case DISK_FULL -> {
                var machine = agent().machine();
                during(fault, () -> machine.diskFull(true), () -> machine.diskFull(false));
            }
            case PROXY_CRASH -> during(fault, proxy()::crash, () -> {});
            case PROXY_CUT -> cut(fault, proxy().node(), true, true);
            case PROXY_LEAVES -> during(fault, proxy()::leave, () -> {});
            case GATEWAY_CRASH -> {
                var gateway = gateway();
                if (gateway.up()) {
                    during(fault, gateway::crash, () -> {});
                }
            }
            case GATEWAY_LAG -> {
                var node = gateway().node();
                during(fault, () -> node.lag(choose("lag", 3_000_000)), () -> node.lag(0));
            }
            case CLOCK_JUMP -> {
                var node = clock();
                during(
                        fault,
                        () -> node.skew(JUMPS_MILLIS[choose("jump", JUMPS_MILLIS.length)]),
                        () -> {});
            }
            case COMPACTION -> during(fault, world.log()::compact, () -> {});
            case FORGOTTEN_OFFSETS -> during(fault, world.log()::forgetOffsets, () -> {});
            case POISON -> {
                boolean change = choose("poison", 2) == 1;
                var to = change ? world.log().desiredState() : world.log().agentReports();
                during(fault, () -> world.poison(to), () -> {});
            }
            case TASK_EXIT -> during(fault, agent().machine()::exitOne, () -> {});
            case HEALTH_FLAP -> during(fault, agent().machine()::flapOne, () -> {});
            case SLOW_NETWORK,
                    OUTCOME_UNKNOWN,
                    DUPLICATE,
                    TRANSACTION_ABORT,
                    COMMIT_UNKNOWN,
                    CRASH_BETWEEN_ACTIONS,
                    INPUT_FAILURE,
                    START_FAILS,
                    START_SLOW,
                    START_REPLY_LOST,
                    CRASH_LOOP ->
                    throw new IllegalStateException(fault + " waits for an opportunity");
        }
    }

    private Optional<SimAgent> up() {
        var up = members.agents().stream().filter(SimAgent::up).toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(any("agent", up));
    }

    private SimProxy proxy() {
        return any("proxy", members.proxies());
    }

    private SimGateway gateway() {
        return any("gateway", members.gateways());
    }

    private Node clock() {
        var agents = members.agents().stream().map(SimAgent::node).toList();
        var planners = members.planners().members().stream().map(PlannerProcess::node).toList();
        return choose("clock", 2) == 1 ? any("planner", planners) : any("agent", agents);
    }

    private void crash(Fault fault, PlannerProcess planner) {
        during(fault, planner::crash, planner::start);
    }

    private void pause(Fault fault, Node node) {
        during(fault, () -> node.pause(true), () -> node.pause(false));
    }

    private void cut(Fault fault, Node node, boolean out, boolean in) {
        during(fault, () -> node.cut(out, in), () -> node.cut(false, false));
    }

    private void during(Fault fault, Runnable begin, Runnable end) {
        world.fired(fault);
        begin.run();
        world.after(duration(), end);
    }
}
