package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// A deployment does not wait for an agent that may never return, except for a task there that may
/// still use a volume which is to be another's.
final class LostHoldNothingUp implements Checker {
    @Override
    public String id() {
        return "43-lost-hold-nothing-up";
    }

    @Override
    public String promise() {
        return "An instance whose agent is silent is gone as soon as it is to go, unless it has an"
                + " external volume for itself.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InstancePut put
                    && put.instance().goal() == Goal.DECOMMISSIONED
                    && !put.instance().usesAlone()
                    && lost(put.instance())) {
                evidence.image()
                        .instance(put.instance().id())
                        .filter(was -> lost(was) && was.goal() != Goal.DECOMMISSIONED)
                        .ifPresent(was -> {
                            throw broken("entry %d waits for %s".formatted(entry.sequence(), was));
                        });
            }
        }
    }

    private static boolean lost(Instance instance) {
        return instance.condition() == Condition.UNREACHABLE
                || instance.condition() == Condition.UNREACHABLE_INACTIVE;
    }
}
