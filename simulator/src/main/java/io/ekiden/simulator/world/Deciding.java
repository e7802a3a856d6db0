package io.ekiden.simulator.world;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.StateRecord;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.planner.core.Header;
import io.ekiden.simulator.Fault;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.log.Partition;
import io.ekiden.simulator.log.Slot;
import io.ekiden.simulator.log.Tail;
import io.ekiden.simulator.log.Transaction;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The planner's task in one thread's hands, as the shell does it: restores the state, takes one
/// input after the other, and commits what follows from several in one transaction.
public final class Deciding {
    private static final String KAFKA_ID = "simulated";
    private static final int DUE_KEYS = 100;
    private static final int DUE_INPUTS = 20;
    private static final Duration DUE_PAUSE = Duration.ofSeconds(1);
    private static final long TRANSACTION_TIMEOUT = 5 * Timeline.SECOND;
    private static final int COMMIT_MICROS = 15_000;
    private static final int BATCH = 20;

    private final World world;
    private final PlannerProcess process;
    private final Silence silence;
    private final PlannerClock clock;
    private final Restored state;
    private final TreeMap<String, Long> positions = new TreeMap<>();
    private Optional<Tail> changes = Optional.empty();
    private Optional<Tail> reports = Optional.empty();
    private Optional<Transaction> transaction = Optional.empty();
    private boolean committing;
    private boolean over;
    private long writer;
    private Instant noDueBefore = Instant.MIN;
    private long alarms;
    private long looks;

    Deciding(World world, PlannerProcess process, Silence silence) {
        this.world = world;
        this.process = process;
        this.silence = silence;
        this.clock = new PlannerClock(process.node());
        this.state = new Restored(world.wire());
    }

    public ClusterImage image() {
        return state.image();
    }

    void begin() {
        var log = world.log();
        writer = log.begin();
        state.restore(log.clusterState(), log.journal());
        world.evidence().restored(process.node().name(), state.sequence(), state.image());
        for (var position : state.head().map(Head::inputs).orElse(List.of())) {
            positions.put(position.topic(), position.next());
        }
        clock.resume(state.head().map(Head::time).orElse(Instant.EPOCH));
        world.event(
                process.node().name(),
                "takes the task epoch=" + writer + " sequence=" + state.sequence());
        changes = Optional.of(tail(log.desiredState()));
        reports = Optional.of(tail(log.agentReports()));
        lookAfter(Silence.MARK_EVERY.toMillis());
        wake(0, this::first);
    }

    private Tail tail(Partition source) {
        return new Tail(
                source,
                world.log().consumed(source),
                BATCH,
                process.node(),
                slot -> guarded(() -> take(slot)));
    }

    void end() {
        over = true;
        changes.ifPresent(Tail::close);
        reports.ifPresent(Tail::close);
    }

    /// A thread of a stopped process does nothing; it goes on when the process does.
    private void wake(long micros, Runnable work) {
        world.after(
                micros,
                () -> {
                    if (over) {
                        return;
                    }
                    if (process.node().paused()) {
                        wake(Timeline.SECOND, work);
                    } else {
                        guarded(work);
                    }
                });
    }

    /// What this thread dies of.
    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;

        Died(String why) {
            super(why, null, false, false);
        }
    }

    private void guarded(Runnable work) {
        if (over) {
            return;
        }
        try {
            work.run();
        } catch (Died e) {
            process.lost(this, e.getMessage());
        }
    }

    private void take(Slot slot) {
        found();
        var topic = slot.partition().topic();
        if (slot.offset() < positions.getOrDefault(topic, 0L)) {
            return;
        }
        positions.put(topic, slot.offset() + 1);
        open().consumed(topic, slot.offset() + 1);
        var origin = topic + "@" + slot.offset();
        if (process.failsAt(origin, mayBeLost(slot))) {
            throw new Died("failed at " + origin);
        }
        if (process.out(origin)) {
            setAside(slot, "the planner failed at it 3 times");
        } else {
            try {
                var input = read(slot);
                decide(input);
                if (input instanceof Input.Reported(AgentReport.AgentJoined _)
                        || input instanceof Input.Reported(AgentReport.ProxyJoined _)) {
                    lookAfter(Silence.MARK_EVERY.toMillis());
                }
            } catch (Wire.Unreadable e) {
                setAside(slot, e.getMessage());
            }
        }
        setAlarm();
    }

    private Input read(Slot slot) throws Wire.Unreadable {
        var value = slot.value().orElseThrow();
        return slot.partition() == world.log().desiredState()
                ? new Input.Changed(world.wire().unpack(WantedChange.class, value))
                : new Input.Reported(world.wire().unpack(AgentReport.class, value));
    }

    private void setAside(Slot slot, String why) {
        var member =
                slot.partition() == world.log().agentReports()
                        ? Optional.of(slot.key())
                        : Optional.<String>empty();
        decide(new Input.Unreadable(slot.partition().topic(), 0, slot.offset(), why, member));
    }

    /// Proxies are told nothing, so none can be asked to say again what was set aside.
    private boolean mayBeLost(Slot slot) {
        try {
            return switch (read(slot)) {
                case Input.Reported(AgentReport.ProxyJoined _),
                        Input.Reported(AgentReport.EndpointDrained _),
                        Input.Reported(AgentReport.ProxyLeaving _) ->
                        false;
                default -> true;
            };
        } catch (Wire.Unreadable _) {
            return true;
        }
    }

    private void found() {
        if (state.head().isEmpty()) {
            decide(new Input.Founded(KAFKA_ID));
        }
    }

    private void first() {
        found();
        ring();
    }

    private void look() {
        found();
        silence.judge(state.image()).forEach(this::decide);
        ring();
        lookAfter(silence.quietFor(state.image()));
    }

    private void lookAfter(long millis) {
        long mine = ++looks;
        wake(
                millis * Timeline.MILLI,
                () -> {
                    if (mine == looks) {
                        look();
                    }
                });
    }

    private void ring() {
        boolean more = true;
        for (int i = 0; i < DUE_INPUTS && more; i++) {
            more = due();
        }
        setAlarm();
    }

    private void setAlarm() {
        long mine = ++alarms;
        state.image()
                .nextDue()
                .map(at -> at.isAfter(noDueBefore) ? at : noDueBefore)
                .ifPresent(at -> {
                    long wait = Math.max(1, Duration.between(clock.now(), at).toMillis());
                    wake(
                            wait * Timeline.MILLI,
                            () -> {
                                if (mine == alarms) {
                                    ring();
                                }
                            });
                });
    }

    private boolean due() {
        var now = clock.now();
        boolean none = state.image().nextDue().filter(at -> !at.isAfter(now)).isEmpty();
        if (none || now.isBefore(noDueBefore)) {
            return false;
        }
        boolean changed = decide(new Input.Due(state.image().dueAt(now, DUE_KEYS)));
        if (!changed) {
            noDueBefore = now.plus(DUE_PAUSE);
        }
        return changed;
    }

    /// Returns whether the state has changed.
    private boolean decide(Input input) {
        var header = new Header(state.sequence() + 1, clock.now(), state.hash());
        var decision = world.cores().decider().decide(state.image(), header, input);
        var entry = decision.entry();
        var packed = world.wire().pack(JournalEntry.class, entry);
        for (var key : decision.changed()) {
            put(entry, key, state.image().entity(key));
        }
        var next = state.advance(entry, packed, positions);
        send(
                world.log().clusterState(),
                Head.KEY,
                Optional.of(world.wire().pack(Head.class, next)));
        send(world.log().journal(), Long.toString(entry.sequence()), Optional.of(packed));
        for (var command : world.cores().commands().of(entry)) {
            send(
                    world.log().commands(command.partition()),
                    command.command().agentId(),
                    Optional.of(world.wire().pack(AgentCommand.class, command.command())));
        }
        endpoints(entry);
        return !decision.changed().isEmpty();
    }

    private void put(JournalEntry entry, String key, Optional<Entity> entity) {
        var value =
                entity.map(e ->
                        world.wire().pack(StateRecord.class, new StateRecord(entry.sequence(), e)));
        state.record(key, value);
        send(world.log().clusterState(), key, value);
    }

    private void endpoints(JournalEntry entry) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.EndpointPut(var endpoint)) {
                send(
                        world.log().endpoints(),
                        endpoint.key(),
                        Optional.of(world.wire().pack(Endpoint.class, endpoint)));
            } else if (fact instanceof Fact.EndpointGone(var key)) {
                send(world.log().endpoints(), key, Optional.empty());
            }
        }
    }

    private void send(Partition to, String key, Optional<Object> value) {
        if (!world.log().append(open(), to, key, value)) {
            throw new Died("its transaction is over");
        }
    }

    private Transaction open() {
        if (transaction.isEmpty()) {
            var begun = world.log().transaction(writer);
            if (begun.isEmpty()) {
                throw new Died("fenced");
            }
            transaction = begun;
            world.after(TRANSACTION_TIMEOUT, () -> world.log().expire(begun.get()));
        }
        if (!committing) {
            committing = true;
            wake(1 + world.choose("commit", COMMIT_MICROS), this::commit);
        }
        return transaction.get();
    }

    private void commit() {
        committing = false;
        if (transaction.isEmpty()) {
            return;
        }
        var mine = transaction.get();
        if (!process.node().writable()) {
            throw new Died("the log cannot be reached");
        }
        if (world.happens(Fault.TRANSACTION_ABORT)) {
            world.log().abort(mine);
            throw new Died("aborted");
        }
        if (world.happens(Fault.COMMIT_UNKNOWN)) {
            if (world.choose("commit.unknown", 2) == 1) {
                world.log().commit(mine);
            }
            throw new Died("outcome of a commit unknown");
        }
        if (!world.log().commit(mine)) {
            throw new Died("fenced at its commit");
        }
        transaction = Optional.empty();
        world.event(
                process.node().name(), "commits up to " + state.sequence() + " " + state.hash());
    }
}
