package io.ekiden.simulator.world;

import io.ekiden.simulator.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The consumer group of the planners: gives the task to one of them, and to another when that one
/// is not heard of for the session time-out. The one before may not know it yet.
public final class PlannerGroup {
    private static final long LOOK = Timeline.SECOND;
    private static final long SESSION = 3 * Timeline.SECOND;
    private static final int REJOIN_MICROS = 1_500_000;

    private final World world;
    private final List<PlannerProcess> members = new ArrayList<>();
    private Optional<PlannerProcess> owner = Optional.empty();
    private long lastHeard;
    private boolean assigning;

    PlannerGroup(World world) {
        this.world = world;
    }

    PlannerProcess add(String name) {
        var process = new PlannerProcess(world, name, this);
        members.add(process);
        return process;
    }

    public List<PlannerProcess> members() {
        return Collections.unmodifiableList(members);
    }

    void begin() {
        look();
    }

    private void look() {
        if (owner.filter(PlannerProcess::fit).filter(PlannerProcess::active).isPresent()) {
            lastHeard = world.now();
        } else if (!assigning && world.now() - lastHeard > SESSION) {
            assign();
        }
        world.after(LOOK, this::look);
    }

    /// The owner's thread has ended by itself: the group need not wait for the session.
    void released(PlannerProcess process) {
        if (owner.filter(is -> is == process).isPresent()) {
            owner = Optional.empty();
            assign();
        }
    }

    private void assign() {
        if (assigning) {
            return;
        }
        assigning = true;
        world.after(
                world.choose("group.rejoin", REJOIN_MICROS),
                () -> {
                    assigning = false;
                    var fit =
                            members.stream()
                                    .filter(PlannerProcess::fit)
                                    .filter(member -> !member.active())
                                    .toList();
                    if (!fit.isEmpty()) {
                        var next = fit.get(world.choose("group.assign", fit.size()));
                        owner = Optional.of(next);
                        lastHeard = world.now();
                        next.take();
                    }
                });
    }
}
