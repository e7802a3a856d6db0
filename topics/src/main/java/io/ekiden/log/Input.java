package io.ekiden.log;

import java.util.List;
import java.util.Optional;

/// Everything that the planner decides on. What is not an input cannot have influenced a decision.
public sealed interface Input {

    /// The first input of a cluster's life.
    record Founded(String clusterId) implements Input {}

    record Changed(WantedChange wanted) implements Input {}

    record Reported(AgentReport report) implements Input {}

    /// No heartbeat for longer than the limit.
    record MemberSilent(MemberKind kind, String memberId) implements Input {}

    /// A silent member's heartbeat was heard again.
    record MemberReturned(MemberKind kind, String memberId) implements Input {}

    /// The time at which these entities (their keys) wanted to be looked at has come.
    record Due(List<String> keys) implements Input {
        public Due {
            keys = List.copyOf(keys);
        }
    }

    /// A record that could not be read, or at which the planner failed again and again; it was set
    /// aside on `dead-letters`.
    ///
    /// @param memberId who reported it
    record Unreadable(
            String topic, int partition, long offset, String why, Optional<String> memberId)
            implements Input {}
}
