package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import java.util.TreeMap;

final class OneDeploymentEach implements Checker {
    @Override
    public String id() {
        return "21-one-deployment-each";
    }

    @Override
    public String promise() {
        return "An app or pod is part of at most one running deployment.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (entry.facts().stream().noneMatch(Fact.DeploymentStarted.class::isInstance)) {
            return;
        }
        var owners = new TreeMap<PathId, String>();
        for (var deployment : evidence.image().deployments()) {
            for (var id : deployment.affected()) {
                var other = owners.put(id, deployment.id());
                if (other != null) {
                    throw broken(id + " is part of " + other + " and " + deployment.id());
                }
            }
        }
    }
}
