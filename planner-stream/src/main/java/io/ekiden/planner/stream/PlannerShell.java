package io.ekiden.planner.stream;

import io.ekiden.log.Topics;
import io.ekiden.planner.core.Planner;
import java.util.Map;

/// What the processors of one planner share, whichever thread runs them.
///
/// @param sourceIds Kafka's ids of the source topics, by their names
/// @param decider decides; `planner` words refusals
/// @param journal to see whether a cluster without state is new
record PlannerShell(
        Topics topics,
        String kafkaClusterId,
        Map<String, String> sourceIds,
        Decider decider,
        Planner planner,
        MachineClock clock,
        Liveness liveness,
        Strikes strikes,
        PlannerStatus status,
        JournalProbe journal) {

    PlannerShell {
        sourceIds = Map.copyOf(sourceIds);
    }

    /// A cluster without state whose journal has entries has lost its state. Founding it anew would
    /// forget every task.
    void checkThatTheClusterIsNew() {
        if (journal.hasEntries()) {
            throw new StateRefused(
                    "the journal has entries but cluster-state is empty: %s was emptied or deleted"
                            .formatted(topics.clusterState().fullName()));
        }
    }

    /// Whether the journal has any entry.
    interface JournalProbe {
        boolean hasEntries();
    }
}
