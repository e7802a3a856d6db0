package io.ekiden.simulator.check;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import java.util.Optional;

final class RollbackRestores implements Checker {
    private Optional<RunSpec> expected = Optional.empty();

    @Override
    public String id() {
        return "21-rollback-restores";
    }

    @Override
    public String promise() {
        return "A rollback that is accepted restores the definition as it was, its "
                + "number of instances included.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        expected = Optional.empty();
        if (entry.input() instanceof Input.Changed(var wanted)
                && wanted.change() instanceof Change.UpdateApps update
                && update.updates().size() == 1
                && entry.facts().stream().anyMatch(Fact.Accepted.class::isInstance)) {
            var one = update.updates().getFirst();
            boolean only = one.definition().size() == 1 && one.definition().has("version");
            expected =
                    only
                            ? Timestamps.parse(one.definition().get("version").asText())
                                    .flatMap(at -> evidence.image().version(one.id(), at))
                            : Optional.empty();
        }
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        expected.ifPresent(was -> {
            var now = evidence.image().runSpec(was.id());
            boolean same =
                    now.filter(is -> is.sameConfig(was))
                            .filter(is -> is.instances() == was.instances())
                            .isPresent();
            if (!same) {
                throw broken(
                        "entry %d: %s is %s, was %s"
                                .formatted(entry.sequence(), was.id(), now, was));
            }
        });
    }
}
