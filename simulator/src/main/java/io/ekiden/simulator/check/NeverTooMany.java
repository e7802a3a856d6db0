package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.TreeSet;

final class NeverTooMany implements Checker {
    @Override
    public String id() {
        return "12-never-too-many";
    }

    @Override
    public String promise() {
        return "While nothing is deployed no app or pod has more instances than it "
                + "wants, besides those given up or being replaced on an agent that is emptied.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        var touched = new TreeSet<PathId>();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InstancePut put) {
                touched.add(put.instance().runSpecId());
            }
        }
        for (var id : touched) {
            boolean deployed =
                    evidence.image().deployments().stream()
                            .anyMatch(deployment -> deployment.affected().contains(id));
            if (!deployed) {
                evidence.image().runSpec(id).ifPresent(spec -> check(spec, entry, evidence));
            }
        }
    }

    private void check(RunSpec spec, JournalEntry entry, Evidence evidence) {
        long there =
                evidence.image().instances(spec.id()).stream()
                        .filter(instance -> counts(instance, evidence))
                        .count();
        if (there > spec.instances()) {
            throw broken(
                    "entry %d: %s wants %d and has %d"
                            .formatted(entry.sequence(), spec.id(), spec.instances(), there));
        }
    }

    private static boolean counts(Instance instance, Evidence evidence) {
        return (instance.goal() == Goal.RUNNING || instance.goal() == Goal.HELD)
                && instance.condition() != Condition.UNREACHABLE_INACTIVE
                && !leaves(instance, evidence);
    }

    private static boolean leaves(Instance instance, Evidence evidence) {
        return instance.reservation().isEmpty()
                && instance.placement()
                        .flatMap(at -> evidence.image().agent(at.agentId()))
                        .filter(Agent::draining)
                        .isPresent();
    }
}
