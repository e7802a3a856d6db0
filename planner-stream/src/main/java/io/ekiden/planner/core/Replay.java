package io.ekiden.planner.core;

import io.ekiden.log.JournalEntry;
import io.ekiden.state.ClusterImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Decides a journal again, entry by entry and each as the version of the planner that it names,
/// and compares: the proof that the log tells the truth. The state follows the recorded facts, so
/// one difference does not hide or cause others.
public final class Replay {
    private final Map<DecidedBy, Planner> planners = new HashMap<>();
    private final ClusterImage image = new ClusterImage();

    private record DecidedBy(String version, String settings) {
        static DecidedBy of(JournalEntry entry) {
            return new DecidedBy(entry.plannerVersion(), entry.configHash());
        }
    }

    /// @param settings with which it may have been decided: each entry names the ones it was
    ///   decided with
    public Replay(Settings... settings) {
        for (var with : settings) {
            for (var version : PlannerVersion.values()) {
                planners.put(
                        new DecidedBy(version.toString(), with.hash()), new Planner(with, version));
            }
        }
    }

    /// An entry that would be decided otherwise.
    public record Difference(JournalEntry recorded, JournalEntry decided) {}

    /// Takes the next entry of the journal; the difference, if there is one. An entry of settings
    /// that are not [#known] is followed as it is, and never differs.
    public Optional<Difference> take(JournalEntry entry) {
        if (!known(entry)) {
            entry.facts().forEach(image::replay);
            return Optional.empty();
        }
        var header = new Header(entry.sequence(), entry.time(), entry.previousHash());
        var planner = planners.get(DecidedBy.of(entry));
        var decision = planner.decide(image, header, entry.input());
        var decided = decision.entry();
        if (decided.equals(entry)) {
            return Optional.empty();
        }
        decision.undo();
        entry.facts().forEach(image::replay);
        return Optional.of(new Difference(entry, decided));
    }

    /// Whether the settings are there with which an entry was decided, and the version that decided
    /// it, so that it can be judged.
    public boolean known(JournalEntry entry) {
        return planners.containsKey(DecidedBy.of(entry));
    }

    /// The state after the last entry taken.
    public ClusterImage image() {
        return image;
    }
}
