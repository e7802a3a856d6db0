package io.ekiden.simulator.world;

import io.ekiden.log.JournalEntry;
import io.ekiden.simulator.Choices;
import io.ekiden.simulator.Cores;
import io.ekiden.simulator.Coverage;
import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Options;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.Trace;
import io.ekiden.simulator.check.Evidence;
import io.ekiden.simulator.log.Partition;
import io.ekiden.simulator.log.SimLog;
import io.ekiden.simulator.log.Slot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What all members of one simulated world share.
public final class World {
    /// Monday, the first of January 2029: some time that is not now.
    private static final long BEGIN_MILLIS = 1_861_920_000_000L;

    private final Options options;
    private final Choices choices;
    private final Cores cores;
    private final Timeline timeline;
    private final Trace trace;
    private final Evidence evidence;
    private final Coverage coverage = new Coverage();
    private final TreeMap<String, Long> faults = new TreeMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final SimLog log;
    private final Wire wire;
    private boolean calm;
    private boolean logAway;
    private long numbers;

    public World(
            Options options,
            Choices choices,
            Cores cores,
            Timeline timeline,
            Trace trace,
            Evidence evidence) {
        this.options = options;
        this.choices = choices;
        this.cores = cores;
        this.timeline = timeline;
        this.trace = trace;
        this.evidence = evidence;
        this.wire = new Wire(options.bytes());
        this.log = new SimLog(this::epochMillis, this::committed);
    }

    private void committed(List<Slot> entries, long epoch) {
        for (var slot : entries) {
            var entry = wire.read(JournalEntry.class, slot.value().orElseThrow());
            StateCoverage.count(entry, evidence.image(), coverage);
            evidence.committed(entry, epoch);
        }
    }

    public Options options() {
        return options;
    }

    public Cores cores() {
        return cores;
    }

    public SimLog log() {
        return log;
    }

    public Evidence evidence() {
        return evidence;
    }

    public Coverage coverage() {
        return coverage;
    }

    public SortedMap<String, Long> faults() {
        return faults;
    }

    Wire wire() {
        return wire;
    }

    Node node(String name) {
        var node = new Node(this, name);
        nodes.add(node);
        return node;
    }

    public long now() {
        return timeline.now();
    }

    /// The true time, milliseconds since 1970.
    public long epochMillis() {
        return BEGIN_MILLIS + timeline.now() / Timeline.MILLI;
    }

    public void after(long micros, Runnable work) {
        timeline.after(micros, work);
    }

    /// Different with each call.
    long number() {
        return ++numbers;
    }

    public int choose(String label, int bound) {
        return choices.choose(label, bound);
    }

    public Choices choices() {
        return choices;
    }

    public void event(String who, String what) {
        trace.event(who, what);
    }

    /// Whether a fault takes this opportunity; if so it is counted.
    public boolean happens(Fault fault) {
        boolean happens =
                !calm
                        && options.has(fault)
                        && choices.happens("fault." + fault.name(), options.opportunity());
        if (happens) {
            fired(fault);
        }
        return happens;
    }

    public void fired(Fault fault) {
        faults.merge(fault.name(), 1L, Long::sum);
        event("fault", fault.name());
    }

    /// From now on nothing goes wrong any more.
    public void calm() {
        calm = true;
        logAway = false;
        nodes.forEach(Node::heal);
    }

    public boolean isCalm() {
        return calm;
    }

    /// Somebody writes a record that nobody can read.
    public void poison(Partition to) {
        Object poison =
                wire.bytes()
                        ? "{\"v\":99}".getBytes(StandardCharsets.UTF_8)
                        : new Wire.Poison("schema version 99");
        log.append(to, "poison", Optional.of(poison));
    }

    boolean logAway() {
        return logAway;
    }

    public void logAway(boolean away) {
        logAway = away;
        nodes.forEach(Node::changed);
    }
}
