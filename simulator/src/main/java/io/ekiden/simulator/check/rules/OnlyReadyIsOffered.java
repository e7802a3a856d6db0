package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Condition;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Instance;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// Proxies send work to whatever is offered.
final class OnlyReadyIsOffered implements Checker {
    @Override
    public String id() {
        return "25-only-the-ready-is-offered";
    }

    @Override
    public String promise() {
        return "An endpoint is offered only while its task runs, is healthy and is to go on.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.EndpointPut(var put)
                    && put.state() == Endpoint.State.READY
                    && evidence.image().entity(put.key()).filter(put::equals).isPresent()
                    && evidence.image()
                            .instanceOf(put.taskId())
                            .filter(instance -> ready(instance, evidence))
                            .isEmpty()) {
                throw broken("entry %d offers %s".formatted(entry.sequence(), put));
            }
        }
    }

    private static boolean ready(Instance instance, Evidence evidence) {
        boolean checked =
                evidence.image()
                        .version(instance.runSpecId(), instance.version())
                        .or(() -> evidence.image().runSpec(instance.runSpecId()))
                        .filter(spec -> spec.healthChecked())
                        .isPresent();
        return instance.condition() == Condition.RUNNING
                && instance.stopping().isEmpty()
                && (!checked || instance.healthy().orElse(false));
    }
}
