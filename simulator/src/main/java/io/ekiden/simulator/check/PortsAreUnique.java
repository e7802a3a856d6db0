package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PortDefinition;
import java.util.TreeMap;

final class PortsAreUnique implements Checker {
    @Override
    public String id() {
        return "11-ports-are-unique";
    }

    @Override
    public String promise() {
        return "No two tasks that the log knows run with the same host port on one "
                + "agent; service ports are unique.";
    }

    @Override
    public void running(Live task, Evidence evidence) {
        for (var other : evidence.liveOn(task.agentId())) {
            boolean shared = other.ports().stream().anyMatch(task.ports()::contains);
            if (shared && other.number() != task.number() && known(other, evidence)) {
                throw broken(
                        "%s and %s run with ports %s and %s"
                                .formatted(
                                        task.taskId(),
                                        other.taskId(),
                                        task.ports(),
                                        other.ports()));
            }
        }
    }

    private static boolean known(Live live, Evidence evidence) {
        return evidence.image()
                .instanceOf(live.taskId())
                .filter(instance -> instance.condition().holdsResources())
                .isPresent();
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (entry.facts().stream().noneMatch(Fact.RunSpecPut.class::isInstance)) {
            return;
        }
        var owners = new TreeMap<Integer, String>();
        for (var spec : evidence.image().runSpecs()) {
            for (PortDefinition port : spec.ports()) {
                var other = owners.put(port.port(), spec.id().value());
                if (port.port() != 0 && other != null) {
                    throw broken(
                            "service port %d belongs to %s and %s"
                                    .formatted(port.port(), other, spec.id()));
                }
            }
        }
    }
}
