package io.ekiden.simulator;

import io.ekiden.model.Sorted;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What one run is like: drawn first, each kind of fault with an even chance ("swarm testing"), so
/// that a kind also meets worlds in which others are absent.
///
/// @param agents and the other counts: how many there are
/// @param operations of users, spread over the safety phase
/// @param seconds of the safety phase
/// @param bytes whether records travel as the product writes them, with real hashes and checksums
/// @param deleteAll whether everything is deleted at the end
/// @param features what users make use of
/// @param opportunity in a million: how often a fault without a rate of its own takes its chance
public record Options(
        int agents,
        int apps,
        int planners,
        int gateways,
        int proxies,
        int operations,
        int seconds,
        boolean bytes,
        boolean deleteAll,
        int opportunity,
        SortedSet<Feature> features,
        SortedSet<Fault> faults) {
    private static final int[] OPPORTUNITIES = {5_000, 10_000, 30_000};

    public Options {
        features = Sorted.copyOf(features);
        faults = Sorted.copyOf(faults);
    }

    /// Draws a run's options.
    public static Options draw(Choices choices) {
        var faults = new TreeSet<Fault>();
        for (var fault : Fault.values()) {
            if (choices.choose("options.fault", 2) == 1) {
                faults.add(fault);
            }
        }
        var features = new TreeSet<Feature>();
        for (var feature : Feature.values()) {
            if (choices.choose("options.feature", 2) == 1) {
                features.add(feature);
            }
        }
        return new Options(
                choices.between("options.agents", 1, 6),
                choices.between("options.apps", 1, 6),
                choices.between("options.planners", 1, 2),
                choices.between("options.gateways", 1, 3),
                choices.between("options.proxies", 1, 2),
                choices.between("options.operations", 5, 50),
                choices.between("options.seconds", 60, 360),
                choices.choose("options.bytes", 10) == 9,
                choices.choose("options.deleteAll", 2) == 1,
                OPPORTUNITIES[choices.choose("options.opportunity", OPPORTUNITIES.length)],
                features,
                faults);
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    public boolean has(Fault fault) {
        return faults.contains(fault);
    }

    /// One line.
    @Override
    public String toString() {
        return "agents=%d apps=%d planners=%d gateways=%d proxies=%d operations=%d seconds=%d bytes=%s deleteAll=%s opportunity=%d features=%s faults=%s"
                .formatted(
                        agents,
                        apps,
                        planners,
                        gateways,
                        proxies,
                        operations,
                        seconds,
                        bytes,
                        deleteAll,
                        opportunity,
                        names(features),
                        names(faults));
    }

    private static String names(SortedSet<? extends Enum<?>> some) {
        return some.stream().map(Enum::name).collect(Collectors.joining(","));
    }
}
