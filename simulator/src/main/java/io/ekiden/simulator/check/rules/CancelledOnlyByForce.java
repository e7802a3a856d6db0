package io.ekiden.simulator.check.rules;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// A deployment holds its apps until it ends, unless a user asks for force.
final class CancelledOnlyByForce implements Checker {
    @Override
    public String id() {
        return "36-cancelled-only-by-force";
    }

    @Override
    public String promise() {
        return "A change of an app that was not forced cancels no deployment.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (entry.input() instanceof Input.Changed(var wanted)
                && !wanted.force()
                && ofApps(wanted.change())
                && entry.facts().stream().anyMatch(Fact.DeploymentCancelled.class::isInstance)) {
            throw broken("entry %d: %s".formatted(entry.sequence(), wanted.change()));
        }
    }

    private static boolean ofApps(Change change) {
        return change instanceof Change.CreateApp
                || change instanceof Change.UpdateApps
                || change instanceof Change.DeleteApp
                || change instanceof Change.RestartApp;
    }
}
