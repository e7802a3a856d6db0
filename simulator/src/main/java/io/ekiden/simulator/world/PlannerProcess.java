package io.ekiden.simulator.world;

import io.ekiden.log.Heartbeat;
import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.log.Slot;
import io.ekiden.simulator.log.Tail;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One planner process: reads heartbeats all the time, and decides while the group has given it the
/// task. Its thread may die and begin again; the process counts an input's failures beyond that.
public final class PlannerProcess {
    private static final int STRIKES = 3;

    private final World world;
    private final Node node;
    private final PlannerGroup group;
    private final Map<String, Integer> strikes = new HashMap<>();
    private Optional<Deciding> deciding = Optional.empty();
    private Silence silence;
    private Optional<Tail> heartbeats = Optional.empty();
    private Optional<Sender> sender = Optional.empty();
    private boolean up;
    private long life;
    private long marks;
    private String mark = "";
    private long markSent;

    PlannerProcess(World world, String name, PlannerGroup group) {
        this.world = world;
        this.node = world.node(name);
        this.group = group;
        this.silence = new Silence(node);
    }

    public Node node() {
        return node;
    }

    public boolean up() {
        return up;
    }

    /// Whether the group may count on it.
    boolean fit() {
        return up && node.readable() && node.writable();
    }

    public boolean active() {
        return deciding.isPresent();
    }

    public Optional<Deciding> deciding() {
        return deciding;
    }

    public void start() {
        if (up) {
            return;
        }
        up = true;
        life++;
        silence = new Silence(node);
        strikes.clear();
        sender = Optional.of(new Sender(world, node));
        heartbeats =
                Optional.of(
                        new Tail(
                                world.log().heartbeats(),
                                world.log().heartbeats().end(),
                                100,
                                node,
                                this::heard));
        world.event(node.name(), "starts");
    }

    public void crash() {
        up = false;
        life++;
        deciding.ifPresent(Deciding::end);
        deciding = Optional.empty();
        heartbeats.ifPresent(Tail::close);
        sender.ifPresent(Sender::close);
        world.event(node.name(), "is killed");
    }

    private void heard(Slot slot) {
        if (slot.value().isEmpty()) {
            if (slot.key().equals(mark)) {
                silence.marked(slot.timestamp(), markSent);
            } else {
                silence.passed(slot.timestamp());
            }
            return;
        }
        try {
            silence.heard(
                    world.wire().unpack(Heartbeat.class, slot.value().get()), slot.timestamp());
        } catch (Wire.Unreadable e) {
            world.event(node.name(), "passes over a heartbeat: " + e.getMessage());
        }
    }

    /// The group gives it the task.
    void take() {
        deciding.ifPresent(Deciding::end);
        silence.begin();
        var next = new Deciding(world, this, silence);
        deciding = Optional.of(next);
        next.begin();
        long mine = life;
        beatMarks(next, mine);
    }

    private void beatMarks(Deciding task, long mine) {
        boolean still = life == mine && deciding.filter(now -> now == task).isPresent();
        if (!still) {
            return;
        }
        if (!node.paused()) {
            marks++;
            mark = node.name() + "/" + life + "/" + marks;
            markSent = node.monotonicMillis();
            sender.ifPresent(to -> to.mark(world.log().heartbeats(), mark));
        }
        world.after(Silence.MARK_EVERY.toMillis() * Timeline.MILLI, () -> beatMarks(task, mine));
    }

    /// The thread has died, or was told that somebody else has the task.
    void lost(Deciding task, String why) {
        if (deciding.filter(now -> now == task).isPresent()) {
            world.event(node.name(), "loses the task: " + why);
            task.end();
            silence.end();
            deciding = Optional.empty();
            group.released(this);
        }
    }

    /// Whether the code fails at this input, which is a fault drawn for it.
    ///
    /// @param forEver it may do so until the input is set aside
    boolean failsAt(String origin, boolean forEver) {
        if (!strikes.containsKey(origin) && !world.happens(Fault.INPUT_FAILURE)) {
            return false;
        }
        int failures = strikes.getOrDefault(origin, 0);
        if (failures >= (forEver ? STRIKES : STRIKES - 1)
                || (failures > 0 && world.choose("strikes.stop", 3) == 0)) {
            return false;
        }
        strikes.put(origin, failures + 1);
        return true;
    }

    boolean out(String origin) {
        return strikes.getOrDefault(origin, 0) >= STRIKES;
    }
}
