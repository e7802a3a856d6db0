package io.ekiden.simulator.check.rules;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import java.util.Optional;

/// `{"version": …}` brings an app back to what it was then.
final class RollbackRestores implements Checker {
    private Optional<RunSpec> then = Optional.empty();

    @Override
    public String id() {
        return "37-rollback-restores";
    }

    @Override
    public String promise() {
        return "A rollback that is accepted restores the definition of that version, but for its"
                + " version.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        boolean accepted = entry.facts().stream().anyMatch(Fact.Accepted.class::isInstance);
        then =
                accepted
                                && entry.input() instanceof Input.Changed(var wanted)
                                && wanted.change() instanceof Change.UpdateApps update
                                && update.updates().size() == 1
                        ? version(update.updates().getFirst(), evidence)
                        : Optional.empty();
    }

    private static Optional<RunSpec> version(Change.AppUpdate update, Evidence evidence) {
        var definition = update.definition().deepCopy();
        definition.remove("id");
        var version = definition.path("version").asText();
        return definition.size() == 1
                ? Timestamps.parse(version)
                        .flatMap(time -> evidence.image().version(update.id(), time))
                : Optional.empty();
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        then.ifPresent(old -> {
            PathId id = old.id();
            boolean restored =
                    evidence.image()
                            .runSpec(id)
                            .filter(now ->
                                    now.sameConfig(old) && now.instances() == old.instances())
                            .isPresent();
            if (!restored) {
                throw broken("entry %d: %s is not as in %s".formatted(entry.sequence(), id, old));
            }
        });
    }
}
