package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import java.util.Set;
import java.util.TreeSet;

final class ConstraintsHold implements Checker {
    @Override
    public String id() {
        return "15-constraints-hold";
    }

    @Override
    public String promise() {
        return "At the moment of its placement no instance breaks a constraint of its app or pod.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.Launched launched) {
                check(entry, launched, evidence);
            }
        }
    }

    /// Those that were placed later in the same entry were not there yet.
    private void check(JournalEntry entry, Fact.Launched launched, Evidence evidence) {
        var later = new TreeSet<InstanceId>();
        launched.instances().forEach(instance -> later.add(instance.id()));
        for (var placed : launched.instances()) {
            check(entry, launched, placed, Set.copyOf(later), evidence);
            later.remove(placed.id());
        }
    }

    private void check(
            JournalEntry entry,
            Fact.Launched launched,
            Instance placed,
            Set<InstanceId> later,
            Evidence evidence) {
        var spec = launched.spec();
        var image = evidence.image();
        var others =
                image.instances(spec.id()).stream()
                        .filter(other -> !other.id().equals(placed.id()))
                        .filter(other ->
                                !later.contains(other.id()) || other.reservation().isPresent())
                        .toList();
        var agent = image.agent(placed.placement().orElseThrow().agentId()).orElseThrow();
        new Spread(image, spec, others)
                .broken(agent)
                .ifPresent(constraint -> {
                    throw broken(
                            "entry %d places %s on %s %s: %s, beside %s"
                                    .formatted(
                                            entry.sequence(),
                                            placed.id(),
                                            agent.hostname(),
                                            agent.attributes(),
                                            constraint,
                                            others.stream().map(Instance::holder).toList()));
                });
    }
}
