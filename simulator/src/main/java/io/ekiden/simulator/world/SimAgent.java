package io.ekiden.simulator.world;

import io.ekiden.agent.core.Action;
import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.Event;
import io.ekiden.log.AgentReport;
import io.ekiden.model.Container;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.simulator.Timeline;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// An agent, through all of its lives, and its machine.
public final class SimAgent {
    private static final int FIRST_PORT = 31_000;
    private static final int PORTS = 12;
    private static final int RESTART_MICROS = 8_000_000;

    private final World world;
    private final String id;
    private final int index;
    private final Node node;
    private final Machine machine;
    private Optional<AgentProcess> process = Optional.empty();
    private long lives;
    private boolean away;

    SimAgent(World world, int index) {
        this.world = world;
        this.index = index;
        this.id = "a" + index;
        this.node = world.node(id);
        this.machine = new Machine(world, id);
    }

    public String id() {
        return id;
    }

    public Node node() {
        return node;
    }

    public Machine machine() {
        return machine;
    }

    public Optional<AgentState> state() {
        return process.map(AgentProcess::state);
    }

    public boolean up() {
        return process.isPresent();
    }

    public void start() {
        away = false;
        if (process.isEmpty()) {
            lives++;
            var next = new AgentProcess(world, this, machine, id + "-life" + lives);
            process = Optional.of(next);
            world.event(id, "starts life " + lives);
            next.begin();
        }
    }

    /// Its process is killed; tasks run on. It is started again after a while.
    public void crash() {
        stop("is killed");
        long patience = 100 * Timeline.MILLI + world.choose("restart." + id, RESTART_MICROS);
        world.after(patience, this::startIfWanted);
    }

    private void startIfWanted() {
        if (!away) {
            start();
        }
    }

    private void stop(String why) {
        process.ifPresent(AgentProcess::end);
        process = Optional.empty();
        world.event(id, why);
    }

    public void reboot() {
        stop("its machine reboots");
        machine.reboot();
        crash();
    }

    /// Says good-bye, ends a while later, and comes back later still.
    public void leave(boolean stopTasks, long awayFor) {
        process.ifPresent(p -> p.post(new Event.LeaveWanted(stopTasks)));
        world.after(
                12 * Timeline.SECOND,
                () -> {
                    away = true;
                    stop("has left");
                    world.after(awayFor, this::start);
                });
    }

    public void pause(boolean to) {
        node.pause(to);
        if (!to) {
            process.ifPresent(AgentProcess::resumed);
        }
    }

    /// Everything works from now on.
    public void heal() {
        machine.heal();
        process.ifPresent(AgentProcess::resumed);
        start();
    }

    AgentReport.AgentJoined joined(Action.Join join, Machine on) {
        var attributes = new TreeMap<String, String>();
        attributes.put("rack", "r" + index % 3);
        attributes.put("zone", "z" + index % 2);
        attributes.put("volume-drivers", index % 2 == 0 ? "local,shelf" : "local");
        var runtimes = new TreeSet<>(List.of(Container.Type.MESOS, Container.Type.DOCKER));
        int first = FIRST_PORT + index * 100;
        return new AgentReport.AgentJoined(
                id,
                join.session(),
                on.bootId(),
                "host-" + id,
                "10.0.0." + index,
                Optional.empty(),
                Resources.of(4, 4096, 10_000, 0),
                List.of(new PortRange(first, first + PORTS - 1)),
                Optional.empty(),
                attributes,
                runtimes,
                join.inventory(),
                List.copyOf(on.volumes()),
                Optional.empty());
    }
}
