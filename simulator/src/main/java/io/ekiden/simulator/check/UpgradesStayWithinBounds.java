package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

final class UpgradesStayWithinBounds implements Checker {
    private final TreeMap<PathId, Long> readyBefore = new TreeMap<>();
    private final TreeSet<TaskId> stoppingBefore = new TreeSet<>();

    @Override
    public String id() {
        return "13-14-upgrades-stay-within-bounds";
    }

    @Override
    public String promise() {
        return "A rolling upgrade begins no instance beyond its capacity (one more "
                + "only when none may be missing and all are ready) and ends no ready one "
                + "below its minimum.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        readyBefore.clear();
        stoppingBefore.clear();
        for (var id : touched(entry)) {
            readyBefore.put(id, ready(id, evidence));
            evidence.image().instances(id).stream()
                    .filter(instance -> instance.stopping().isPresent())
                    .forEach(instance -> stoppingBefore.add(instance.taskId()));
        }
    }

    private static Set<PathId> touched(JournalEntry entry) {
        var touched = new TreeSet<PathId>();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InstancePut put) {
                touched.add(put.instance().runSpecId());
            }
        }
        return touched;
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var id : touched(entry)) {
            var spec = evidence.image().runSpec(id);
            if (spec.isPresent() && restarting(id, evidence)) {
                boolean begun =
                        entry.facts().stream()
                                .anyMatch(fact ->
                                        fact instanceof Fact.InstancePut put
                                                && put.from().isEmpty()
                                                && put.instance().runSpecId().equals(id));
                if (begun) {
                    capacity(spec.get(), entry, evidence);
                }
                if (retired(entry, spec.get(), evidence)) {
                    minimum(spec.get(), entry, evidence);
                }
            }
        }
    }

    private static boolean restarting(PathId id, Evidence evidence) {
        return evidence.image().deployments().stream()
                .flatMap(deployment -> deployment.current().stream())
                .flatMap(step -> step.actions().stream())
                .anyMatch(action ->
                        action.kind() == Deployment.Kind.RESTART && action.runSpecId().equals(id));
    }

    /// Whether the entry begins the end of an instance for the upgrade, as it was ready.
    private boolean retired(JournalEntry entry, RunSpec spec, Evidence evidence) {
        return entry.facts().stream()
                .anyMatch(fact ->
                        fact instanceof Fact.InstancePut put
                                && put.instance().runSpecId().equals(spec.id())
                                && put.from().equals(Optional.of(Condition.RUNNING))
                                && isReady(goingOn(put.instance()), evidence)
                                && put.instance()
                                        .stopping()
                                        .filter(s -> s.cause() == KillCause.UPDATE)
                                        .filter(_ ->
                                                !stoppingBefore.contains(put.instance().taskId()))
                                        .isPresent());
    }

    private static Instance goingOn(Instance instance) {
        return instance.withStopping(Optional.empty())
                .withCondition(Condition.RUNNING, instance.since());
    }

    private static int most(RunSpec spec) {
        return (int)
                Math.floor(spec.instances() * (1 + spec.upgradeStrategy().maximumOverCapacity()));
    }

    private static int least(RunSpec spec) {
        int least =
                (int) Math.ceil(spec.instances() * spec.upgradeStrategy().minimumHealthCapacity());
        boolean stopsFirst = spec.resident() || !spec.externalVolumes().isEmpty();
        return stopsFirst && least == most(spec) ? Math.max(0, least - 1) : least;
    }

    private void capacity(RunSpec spec, JournalEntry entry, Evidence evidence) {
        long there =
                evidence.image().instances(spec.id()).stream()
                        .filter(i -> i.goal() != Goal.STOPPED || i.condition().holdsResources())
                        .count();
        long ready = Math.max(ready(spec.id(), evidence), readyBefore.getOrDefault(spec.id(), 0L));
        long most = most(spec);
        boolean oneMore = least(spec) == most && ready >= most;
        if (there > most + (oneMore ? 1 : 0)) {
            throw broken(
                    "entry %d: %s wants %d, may have %d, has %d, ready %d"
                            .formatted(
                                    entry.sequence(),
                                    spec.id(),
                                    spec.instances(),
                                    most,
                                    there,
                                    ready));
        }
    }

    private void minimum(RunSpec spec, JournalEntry entry, Evidence evidence) {
        long ready = ready(spec.id(), evidence);
        if (ready < least(spec) && ready < readyBefore.getOrDefault(spec.id(), 0L)) {
            throw broken(
                    "entry %d: %s must have %d ready of %d, has %d, before %s"
                            .formatted(
                                    entry.sequence(),
                                    spec.id(),
                                    least(spec),
                                    spec.instances(),
                                    ready,
                                    readyBefore.get(spec.id())));
        }
    }

    /// Ready by the definition that each runs.
    private static long ready(PathId id, Evidence evidence) {
        return evidence.image().instances(id).stream()
                .filter(instance -> isReady(instance, evidence))
                .count();
    }

    private static boolean isReady(Instance instance, Evidence evidence) {
        return evidence.image()
                .version(instance.runSpecId(), instance.version())
                .or(() -> evidence.image().runSpec(instance.runSpecId()))
                .filter(instance::ready)
                .isPresent();
    }
}
