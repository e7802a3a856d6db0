package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.PortRange;
import io.ekiden.simulator.Cores;
import java.util.TreeMap;
import java.util.TreeSet;

final class PortsAreUnique implements Checker {
    /// Other ports are named by users, who may say what they like.
    private static final PortRange RANGE = Cores.SETTINGS.servicePorts();

    /// Who ever had which service port. A former definition comes back with the ports that it
    /// names, whoever has them now (Marathon's rule).
    private final TreeSet<String> owned = new TreeSet<>();

    @Override
    public String id() {
        return "11-ports-are-unique";
    }

    @Override
    public String promise() {
        return "No two tasks that the log knows run with the same host port on one "
                + "agent; no service port is given that another app has.";
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
        var owners = new TreeMap<Integer, PathId>();
        var now = new TreeSet<String>();
        for (var spec : evidence.image().runSpecs()) {
            for (PortDefinition port : spec.ports()) {
                var other = owners.put(port.port(), spec.id());
                now.add(owns(spec.id(), port));
                boolean given =
                        !owned.contains(owns(spec.id(), port))
                                || !owned.contains(owns(other, port));
                if (other != null && given && RANGE.contains(port.port())) {
                    throw broken(
                            "service port %d belongs to %s and %s"
                                    .formatted(port.port(), other, spec.id()));
                }
            }
        }
        owned.addAll(now);
    }

    private static String owns(PathId id, PortDefinition port) {
        return port.port() + " " + id;
    }
}
