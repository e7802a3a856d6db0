package io.ekiden.planner.core;

import io.ekiden.log.JournalEntry;
import io.ekiden.state.ClusterImage;
import java.util.Optional;

/// Decides a journal again, entry by entry, and compares: the proof that the log tells the truth.
/// The state follows the recorded facts, so one difference does not hide or cause others.
public final class Replay {
    private final Planner planner;
    private final ClusterImage image = new ClusterImage();

    public Replay(Planner planner) {
        this.planner = planner;
    }

    /// An entry that would be decided otherwise today.
    public record Difference(JournalEntry recorded, JournalEntry decided) {}

    /// Takes the next entry of the journal; the difference, if there is one.
    public Optional<Difference> take(JournalEntry entry) {
        var header = new Header(entry.sequence(), entry.time(), entry.previousHash());
        var decision = planner.decide(image, header, entry.input());
        var decided = decision.entry();
        if (decided.equals(entry)) {
            return Optional.empty();
        }
        decision.undo();
        follow(entry);
        return Optional.of(new Difference(entry, decided));
    }

    /// Takes the next entry as it is: for one that other settings decided.
    public void follow(JournalEntry entry) {
        entry.facts().forEach(image::replay);
    }

    /// The state after the last entry taken.
    public ClusterImage image() {
        return image;
    }
}
