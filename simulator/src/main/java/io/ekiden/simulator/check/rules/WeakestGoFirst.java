package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Condition;
import io.ekiden.model.Constraint;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import java.util.ArrayList;
import java.util.List;

/// Marathon's `ScalingProposition`: what does not run yet goes before what runs.
final class WeakestGoFirst implements Checker {
    private final List<Instance> weak = new ArrayList<>();
    private final List<Instance> strong = new ArrayList<>();

    @Override
    public String id() {
        return "34-weakest-go-first";
    }

    @Override
    public String promise() {
        return "When an app shrinks, no running instance goes while one that does not run stays,"
                + " unless it is to be spread evenly.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        weak.clear();
        strong.clear();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InstancePut put && surplus(put.instance())) {
                evidence.image()
                        .instance(put.instance().id())
                        .filter(was -> runs(was) && was.stopping().isEmpty())
                        .filter(was -> !spread(was, evidence))
                        .ifPresent(strong::add);
            }
        }
        for (var gone : strong) {
            evidence.image().instances(gone.runSpecId()).stream()
                    .filter(other -> weaker(other, gone))
                    .forEach(weak::add);
        }
    }

    private static boolean surplus(Instance instance) {
        return instance.stopping()
                .filter(stopping -> stopping.cause() == KillCause.SCALE_DOWN)
                .isPresent();
    }

    /// Whether it matters more where the instances are that stay.
    private static boolean spread(Instance instance, Evidence evidence) {
        return evidence.image().runSpec(instance.runSpecId()).stream()
                .flatMap(spec -> spec.constraints().stream())
                .anyMatch(constraint -> constraint.operator() == Constraint.Operator.GROUP_BY);
    }

    private static boolean runs(Instance instance) {
        return instance.condition() == Condition.RUNNING;
    }

    private static boolean weaker(Instance other, Instance gone) {
        return stays(other)
                && other.configVersion().equals(gone.configVersion())
                && switch (other.condition()) {
                    case SCHEDULED, PROVISIONED, STAGING, STARTING, UNREACHABLE -> true;
                    default -> false;
                };
    }

    private static boolean stays(Instance instance) {
        return instance.goal() == Goal.RUNNING && instance.stopping().isEmpty();
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var was : weak) {
            var left =
                    evidence.image()
                            .instanceOf(was.taskId())
                            .filter(WeakestGoFirst::stays)
                            .filter(now -> now.condition() == was.condition());
            if (left.isPresent()) {
                throw broken(
                        "entry %d: %s stays as %s while %s goes"
                                .formatted(
                                        entry.sequence(),
                                        was.id(),
                                        was.condition(),
                                        strong.getFirst().id()));
            }
        }
    }
}
