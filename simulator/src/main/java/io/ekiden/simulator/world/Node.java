package io.ekiden.simulator.world;

import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.log.Tail;
import java.util.ArrayList;
import java.util.List;

/// Where a member runs, as far as the network, its clock and its being stopped are concerned. It
/// outlives the member's processes.
public final class Node implements Tail.Scheduler {
    private static final int FASTEST_MICROS = 200;
    private static final int USUAL_MICROS = 3_000;
    private static final int SLOWEST_MICROS = 700_000;

    private final World world;
    private final String name;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean paused;
    private boolean outCut;
    private boolean inCut;
    private long skewMillis;
    private long lagMicros;
    private long currentSince;

    public Node(World world, String name) {
        this.world = world;
        this.name = name;
    }

    public String name() {
        return name;
    }

    /// How long something takes from here to the log or back.
    public long delay() {
        long usual = (long) FASTEST_MICROS + world.choose("net." + name, USUAL_MICROS);
        return world.happens(Fault.SLOW_NETWORK)
                ? usual + world.choose("net.slow", SLOWEST_MICROS)
                : usual;
    }

    @Override
    public void whenRead(Runnable work) {
        world.after(
                delay() + lagMicros,
                () -> {
                    if (readable()) {
                        work.run();
                    } else {
                        waiting.add(work);
                    }
                });
    }

    @Override
    public boolean readable() {
        return !paused && !inCut && !world.logAway();
    }

    public boolean writable() {
        return !paused && !outCut && !world.logAway();
    }

    public boolean paused() {
        return paused;
    }

    public void pause(boolean to) {
        paused = to;
        changed();
    }

    /// Whether nothing comes out of here to the log, and nothing from the log in.
    public void cut(boolean out, boolean in) {
        outCut = out;
        inCut = in;
        changed();
    }

    /// What waited for the log goes on, if it can be reached now.
    public void changed() {
        if (readable()) {
            currentSince = world.now();
            var ready = List.copyOf(waiting);
            waiting.clear();
            ready.forEach(this::whenRead);
        }
    }

    /// Since when it has been able to follow the log; [Long#MAX_VALUE] when it cannot.
    public long currentSince() {
        return readable() ? currentSince : Long.MAX_VALUE;
    }

    public void skew(long millis) {
        skewMillis = millis;
    }

    public void lag(long micros) {
        lagMicros = micros;
    }

    public long lagMicros() {
        return lagMicros;
    }

    /// The wall clock, milliseconds since 1970.
    public long wallMillis() {
        return world.epochMillis() + skewMillis;
    }

    /// A clock that never jumps.
    public long monotonicMillis() {
        return world.now() / Timeline.MILLI;
    }

    long monotonicMicros() {
        return world.now();
    }

    public void heal() {
        paused = false;
        outCut = false;
        inCut = false;
        lagMicros = 0;
        changed();
    }
}
