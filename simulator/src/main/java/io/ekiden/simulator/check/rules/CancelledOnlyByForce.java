package io.ekiden.simulator.check.rules;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// A deployment holds its apps and pods until it ends, unless a user asks for force.
final class CancelledOnlyByForce implements Checker {
    @Override
    public String id() {
        return "36-cancelled-only-by-force";
    }

    @Override
    public String promise() {
        return "A change of apps, pods or groups that was not forced cancels no deployment.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (entry.input() instanceof Input.Changed(var wanted)
                && !wanted.force()
                && ofDefinitions(wanted.change())
                && entry.facts().stream().anyMatch(Fact.DeploymentCancelled.class::isInstance)) {
            throw broken("entry %d: %s".formatted(entry.sequence(), wanted.change()));
        }
    }

    private static boolean ofDefinitions(Change change) {
        return switch (change) {
            case Change.CreateApp _,
                    Change.UpdateApps _,
                    Change.DeleteApp _,
                    Change.RestartApp _,
                    Change.CreatePod _,
                    Change.UpdatePod _,
                    Change.DeletePod _,
                    Change.CreateGroup _,
                    Change.UpdateGroup _,
                    Change.DeleteGroup _ ->
                    true;
            default -> false; // orders about deployments, tasks, agents
        };
    }
}
