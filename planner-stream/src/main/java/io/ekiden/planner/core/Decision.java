package io.ekiden.planner.core;

import io.ekiden.log.JournalEntry;
import java.util.SortedSet;

/// What the planner decided on one input. The image has it already.
public final class Decision {
    private final JournalEntry entry;
    private final Draft draft;

    Decision(JournalEntry entry, Draft draft) {
        this.entry = entry;
        this.draft = draft;
    }

    public JournalEntry entry() {
        return entry;
    }

    /// The keys of the entities that the facts put or removed.
    public SortedSet<String> changed() {
        return draft.changed();
    }

    /// Makes the image what it was before the decision.
    public void undo() {
        draft.undo();
    }
}
