package io.ekiden.planner.core;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Agent;
import io.ekiden.model.CondemnedVolume;
import io.ekiden.model.Instance;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Persistent volumes: reserved with an instance's first launch, kept for it on that agent however
/// often it is launched, destroyed only when the instance itself is no more.
final class Volumes {
    private Volumes() {}

    /// What a new instance of the app is given on an agent; empty when it has no volume.
    ///
    /// @param parts of disks, one for each of its volumes
    static Optional<Instance.Reservation> reserve(
            Turn turn, RunSpec spec, Agent agent, List<Optional<LocalVolume.Part>> parts) {
        if (!spec.resident()) {
            return Optional.empty();
        }
        var volumes = new ArrayList<LocalVolume>();
        for (var volume : spec.persistentVolumes()) {
            var id = "%s#%s#%s".formatted(spec.id().flat(), volume.containerPath(), turn.uuid());
            volumes.add(new LocalVolume(volume.containerPath(), id, parts.get(volumes.size())));
        }
        return Optional.of(new Instance.Reservation(agent.id(), agent.hostname(), volumes));
    }

    /// Marathon's rule: what an instance has reserved cannot change under it.
    static Optional<Rejection> frozen(Optional<RunSpec> before, RunSpec spec) {
        if (before.filter(was -> was.resident() || spec.resident()).isEmpty()) {
            return Optional.empty();
        }
        var was = before.get();
        if (!was.persistentVolumes().equals(spec.persistentVolumes())) {
            return refused("Persistent volumes can not be changed!");
        }
        boolean same =
                was.footprint().equals(spec.footprint())
                        && was.runtime() == spec.runtime()
                        && was.requestedHostPorts().equals(spec.requestedHostPorts());
        return same
                ? Optional.empty()
                : refused(
                        "Services with persistent volumes configured may not change resource"
                                + " requirements. If you need to make this change, please create a"
                                + " new service.");
    }

    private static Optional<Rejection> refused(String why) {
        return Optional.of(new Rejection.Invalid(List.of(Problem.rule("/", why))));
    }

    /// An instance is no more: its agent is to destroy its volumes, as soon as it can be told.
    static void condemn(Turn turn, Instance instance) {
        instance.reservation()
                .ifPresent(reservation ->
                        reservation
                                .volumes()
                                .forEach(volume ->
                                        condemn(
                                                turn,
                                                new CondemnedVolume(
                                                        volume.id(), reservation.agentId()))));
    }

    private static void condemn(Turn turn, CondemnedVolume volume) {
        var target =
                turn.image()
                        .agent(volume.agentId())
                        .map(agent -> new Fact.Target(agent.partition(), agent.epoch()));
        turn.add(new Fact.VolumeCondemned(volume, target));
    }

    /// An agent that joins is told again what it has still to destroy.
    ///
    /// @param kept the ids of all volumes that it has
    static void reconcile(Turn turn, Agent agent, Collection<String> kept) {
        for (var volume : turn.image().condemnedVolumes(agent.id())) {
            if (kept.contains(volume.id())) {
                condemn(turn, volume);
            } else {
                turn.add(new Fact.VolumeGone(volume));
            }
        }
    }

    static void destroyed(Turn turn, AgentReport.VolumeDestroyed report) {
        turn.image()
                .entity(CondemnedVolume.key(report.memberId(), report.volumeId()))
                .map(CondemnedVolume.class::cast)
                .ifPresent(volume -> turn.add(new Fact.VolumeGone(volume)));
    }
}
