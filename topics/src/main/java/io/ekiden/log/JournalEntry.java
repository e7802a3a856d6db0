package io.ekiden.log;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One admitted input and what was decided on it: the record of `journal`, keyed by its sequence.
/// The journal is the truth; everything else can be computed from it.
///
/// @param sequence from 1, without gaps
/// @param time the planner's time, never going back
/// @param previousHash SHA-256 (hex) of the previous entry's bytes; empty for the first
/// @param plannerVersion and `configHash` name the code and the settings that decided
/// @param changeId of the wanted change, if it was one
/// @param correlationId the same for all that followed from one wanted change
/// @param causation sequence of the entry that led to this input
public record JournalEntry(
        long sequence,
        Instant time,
        String previousHash,
        String plannerVersion,
        String configHash,
        Optional<String> changeId,
        Optional<String> correlationId,
        Optional<Long> causation,
        Actor actor,
        Input input,
        List<Fact> facts) {

    public JournalEntry {
        facts = List.copyOf(facts);
    }
}
