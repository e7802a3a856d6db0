package io.ekiden.simulator.check.rules;

import io.ekiden.log.JournalEntry;
import io.ekiden.planner.core.Header;
import io.ekiden.planner.core.Planner;
import io.ekiden.simulator.Cores;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import io.ekiden.state.ClusterImage;

/// The log tells the truth: what was decided follows from what is on it and nothing else. And what
/// was decided can be taken back, as the planner does when an entry would be too large.
final class DecidedAgainTheSame implements Checker {
    /// So many entries are decided once more for each that is also undone.
    private static final int UNDO_EVERY = 16;

    private final Planner planner = new Planner(Cores.SETTINGS);
    private final ClusterImage image = new ClusterImage();

    @Override
    public String id() {
        return "20-decided-again-the-same";
    }

    @Override
    public String promise() {
        return "Every entry, decided again on what the journal before it adds up to, is the same;"
                + " a decision that is undone leaves nothing.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        var header = new Header(entry.sequence(), entry.time(), entry.previousHash());
        var decision = planner.decide(image, header, entry.input());
        if (!decision.entry().equals(entry)) {
            throw broken(
                    "entry %d on %s was %s and is %s"
                            .formatted(
                                    entry.sequence(),
                                    entry.input(),
                                    entry.facts(),
                                    decision.entry().facts()));
        }
        if (entry.sequence() % UNDO_EVERY == 0) {
            decision.undo();
            if (!image.same(evidence.image())) {
                throw broken("entry %d, undone, has changed something".formatted(entry.sequence()));
            }
            entry.facts().forEach(image::replay);
        }
    }
}
