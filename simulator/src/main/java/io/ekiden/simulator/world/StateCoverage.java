package io.ekiden.simulator.world;

import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Deployment;
import io.ekiden.simulator.Coverage;
import io.ekiden.state.ClusterImage;
import java.util.stream.Collectors;

/// Counts which inputs were decided while which kinds of deployment actions were under way, and
/// which facts they led to.
final class StateCoverage {
    private StateCoverage() {}

    /// @param before the state that the entry met
    static void count(JournalEntry entry, ClusterImage before, Coverage coverage) {
        var input = name(entry.input());
        var running = before.deployments();
        if (running.isEmpty()) {
            coverage.met("no deployment", input);
        }
        for (var deployment : running) {
            coverage.met(state(deployment), input);
        }
        entry.facts().forEach(fact -> coverage.met("fact", fact.getClass().getSimpleName()));
    }

    private static String state(Deployment deployment) {
        return deployment
                .current()
                .map(step ->
                        step.actions().stream()
                                .map(action -> action.kind().name())
                                .distinct()
                                .sorted()
                                .collect(Collectors.joining("+")))
                .orElse("ended");
    }

    private static String name(Input input) {
        return switch (input) {
            case Input.Changed(var wanted) -> wanted.change().getClass().getSimpleName();
            case Input.Reported(var report) -> report.getClass().getSimpleName();
            default -> input.getClass().getSimpleName();
        };
    }
}
