package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Action;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.RunSpec;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import io.ekiden.state.ClusterImage;
import java.util.List;

/// A user who hears that a deployment has finished may rely on what it was for.
final class FinishedMeansDone implements Checker {
    /// As it is at each fact: what follows in the same entry may change it again.
    private final ClusterImage image = new ClusterImage();

    @Override
    public String id() {
        return "35-finished-means-done";
    }

    @Override
    public String promise() {
        return "When a step of a deployment ends, what it stopped is gone, and what it started, scaled or"
                + " restarted has its number of instances, the new ones ready.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        for (var fact : entry.facts()) {
            image.replay(fact);
            switch (fact) {
                case Fact.DeploymentFinished(var deployment) -> ended(deployment);
                case Fact.DeploymentAdvanced(var deployment) -> ended(deployment);
                default -> {} // ends no step
            }
        }
    }

    /// The step before the present one; those before it were looked at when they ended.
    private void ended(Deployment deployment) {
        deployment.steps().stream()
                .limit(deployment.currentStep())
                .skip(Math.max(0, deployment.currentStep() - 1))
                .flatMap(step -> step.actions().stream())
                .forEach(action -> check(deployment, action));
    }

    private void check(Deployment deployment, Action action) {
        var spec = image.runSpec(action.runSpecId());
        var all = List.copyOf(image.instances(action.runSpecId()));
        boolean done =
                switch (action.kind()) {
                    case STOP -> spec.isPresent() || all.isEmpty();
                    case START -> true;
                    case SCALE -> spec.isEmpty() || scaled(deployment, spec.get(), all);
                    case RESTART -> spec.isEmpty() || restarted(spec.get(), all);
                };
        if (!done) {
            throw broken(
                    "%s of %s is not done: %s".formatted(action.kind(), action.runSpecId(), all));
        }
    }

    private boolean scaled(Deployment deployment, RunSpec spec, List<Instance> all) {
        return all.stream().noneMatch(FinishedMeansDone::onItsWayOut)
                && enough(spec, all)
                && all.stream()
                        .filter(instance -> instance.goal() == Goal.RUNNING)
                        .filter(instance ->
                                instance.stagedAt()
                                        .filter(staged -> staged.isBefore(deployment.version()))
                                        .isEmpty())
                        .allMatch(instance -> ready(spec, instance));
    }

    private boolean restarted(RunSpec spec, List<Instance> all) {
        return all.stream().noneMatch(FinishedMeansDone::onItsWayOut)
                && enough(spec, all)
                && all.stream()
                        .filter(instance -> instance.goal() == Goal.RUNNING)
                        .allMatch(instance ->
                                instance.configVersion().equals(spec.configVersion())
                                        && ready(spec, instance));
    }

    private static boolean onItsWayOut(Instance instance) {
        return switch (instance.goal()) {
            case RUNNING, HELD -> false;
            case STOPPED -> instance.condition().holdsResources();
            case DECOMMISSIONED -> true;
        };
    }

    /// Those on an agent that is being drained may be replaced already.
    private boolean enough(RunSpec spec, List<Instance> all) {
        var stay = all.stream().filter(instance -> !drained(instance)).toList();
        return counted(stay) <= spec.instances() && spec.instances() <= counted(all);
    }

    private boolean drained(Instance instance) {
        return instance.placement()
                .flatMap(at -> image.agent(at.agentId()))
                .filter(Agent::draining)
                .isPresent();
    }

    private static long counted(List<Instance> all) {
        return all.stream()
                .filter(instance -> instance.goal() == Goal.RUNNING || instance.goal() == Goal.HELD)
                .filter(instance -> instance.condition() != Condition.UNREACHABLE_INACTIVE)
                .count();
    }

    private static boolean ready(RunSpec spec, Instance instance) {
        return instance.condition() == Condition.RUNNING
                && instance.stopping().isEmpty()
                && (!spec.healthChecked() || instance.healthy().orElse(false))
                && (!spec.readinessChecked()
                        || instance.readiness().filter(said -> said.ready()).isPresent());
    }
}
