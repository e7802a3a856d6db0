package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Instance;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// Whoever has to answer may be gone: whatever is under way has a time at which it is looked at
/// again.
final class NothingWaitsForEver implements Checker {
    @Override
    public String id() {
        return "40-nothing-waits-for-ever";
    }

    @Override
    public String promise() {
        return "An instance that is being launched, drained or killed has a time-out.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InstancePut put) {
                evidence.image()
                        .instance(put.instance().id())
                        .filter(NothingWaitsForEver::underWay)
                        .filter(instance -> instance.deadline().isEmpty())
                        .ifPresent(instance -> {
                            throw broken(
                                    "entry %d leaves %s".formatted(entry.sequence(), instance));
                        });
            }
        }
    }

    private static boolean underWay(Instance instance) {
        return switch (instance.condition()) {
            case PROVISIONED, STAGING, STARTING, KILLING -> true;
            case RUNNING -> instance.stopping().isPresent();
            default -> false;
        };
    }
}
