package io.ekiden.simulator;

import io.ekiden.log.JournalEntry;
import io.ekiden.simulator.check.Broken;
import io.ekiden.simulator.check.Checkers;
import io.ekiden.simulator.check.Evidence;
import io.ekiden.simulator.workload.Users;
import io.ekiden.simulator.world.Members;
import io.ekiden.simulator.world.World;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// One run: a world, faults while users work ("safety phase"), then nothing goes wrong any more and
/// everything has to come to rest ("liveness phase"). Every promise is watched all the time.
public final class Simulation {
    private static final long TO_REST = 15 * 60 * Timeline.SECOND;
    private static final long LOOK = 5 * Timeline.SECOND;

    private final Options options;
    private final Timeline timeline;
    private final Trace trace;
    private final Evidence evidence;
    private final World world;
    private final Members members;
    private final Users users;

    private Simulation(
            Options options, Choices choices, Cores cores, Optional<Consumer<String>> sink) {
        this.options = options;
        this.timeline = new Timeline(choices);
        this.trace = new Trace(timeline, sink);
        LongSupplier now = timeline::now;
        this.evidence = new Evidence(now, Checkers.all());
        this.world = new World(options, choices, cores, timeline, trace, evidence);
        this.members = Members.of(world);
        this.users = new Users(world, members);
    }

    /// The run of one seed.
    public static Outcome run(long seed) {
        return run(seed, Cores.real(), Optional.empty());
    }

    /// @param sink is given the trace, line for line
    public static Outcome run(long seed, Cores cores, Optional<Consumer<String>> sink) {
        var choices = new SeededChoices(seed);
        var options = Options.draw(choices);
        var outcome = new Simulation(options, choices, cores, sink).outcome(seed);
        return outcome.of(seed, choices.recorded());
    }

    /// A run of these choices, which need not be those of any seed.
    public static Outcome run(Options options, Choices choices) {
        return run(options, choices, Cores.real(), Optional.empty());
    }

    public static Outcome run(
            Options options, Choices choices, Cores cores, Optional<Consumer<String>> sink) {
        return new Simulation(options, choices, cores, sink).outcome(0);
    }

    /// What the planner decided in the run of this seed, as it was committed.
    public static List<JournalEntry> journal(long seed) {
        var choices = new SeededChoices(seed);
        var simulation =
                new Simulation(Options.draw(choices), choices, Cores.real(), Optional.empty());
        var _ = simulation.outcome(seed);
        return simulation.evidence.journal();
    }

    private Outcome outcome(long seed) {
        var violation = violation();
        return new Outcome(
                seed,
                options,
                trace.events(),
                timeline.now(),
                world.faults(),
                violation,
                trace.hash(),
                Recorded.NONE,
                world.coverage());
    }

    private Optional<Violation> violation() {
        try {
            run();
            return Optional.empty();
        } catch (Broken e) {
            return Optional.of(violation(e.invariant(), e.promise(), e.getMessage()));
        } catch (RuntimeException e) {
            var at = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
            return Optional.of(
                    violation("0-nothing-is-thrown", "No part of the product throws.", e + at));
        }
    }

    private Violation violation(String invariant, String promise, String detail) {
        return new Violation(invariant, promise, detail, timeline.now(), trace.last());
    }

    private void run() {
        members.start();
        users.begin();
        new Nemesis(world, members).begin();
        until(options.seconds() * Timeline.SECOND);
        world.event("run", "heals");
        world.calm();
        members.heal();
        rest();
        members.gateways().forEach(g -> evidence.restored(g.id(), g.sequence(), g.image()));
        evidence.settled();
        if (options.deleteAll()) {
            users.deleteAll();
            world.event("run", "deletes everything");
            until(timeline.now() + LOOK);
            rest();
            evidence.emptied();
        }
    }

    private void until(long end) {
        boolean more = true;
        while (more) {
            more = timeline.step(end);
        }
    }

    private void rest() {
        var rest = new Rest(world, members);
        long latest = timeline.now() + TO_REST;
        var unrest = rest.missing();
        int looks = 0;
        while (looks < 3) {
            if (timeline.now() > latest) {
                throw rest.broken(unrest.orElse("it does not stay at rest"));
            }
            users.attend();
            until(timeline.now() + LOOK);
            unrest = rest.missing();
            looks = unrest.isEmpty() ? looks + 1 : 0;
        }
    }
}
