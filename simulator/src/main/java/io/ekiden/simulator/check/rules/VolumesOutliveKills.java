package io.ekiden.simulator.check.rules;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.CondemnedVolume;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import java.util.Optional;

/// Data is lost only when somebody said so.
final class VolumesOutliveKills implements Checker {
    @Override
    public String id() {
        return "38-volumes-outlive-kills";
    }

    @Override
    public String promise() {
        return "A volume is destroyed only when its app was deleted or its instance wiped.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.VolumeCondemned(var volume, var _)
                    && !known(volume, evidence)
                    && !wipes(entry.input())) {
                owner(volume, evidence)
                        .filter(owner -> owner.goal() != Goal.DECOMMISSIONED)
                        .filter(owner -> lives(owner, entry, evidence))
                        .ifPresent(owner -> {
                            throw broken(
                                    "entry %d on %s condemns %s of %s"
                                            .formatted(
                                                    entry.sequence(),
                                                    entry.input(),
                                                    volume.id(),
                                                    owner));
                        });
            }
        }
    }

    private static boolean known(CondemnedVolume volume, Evidence evidence) {
        return evidence.image().entity(volume.key()).isPresent();
    }

    private static boolean wipes(Input input) {
        return input instanceof Input.Changed(var wanted)
                && switch (wanted.change()) {
                    case Change.KillTasks kill -> kill.wipe();
                    case Change.KillAppTasks kill -> kill.wipe();
                    case Change.KillPodInstances kill -> kill.wipe();
                    default -> false;
                };
    }

    private static Optional<Instance> owner(CondemnedVolume volume, Evidence evidence) {
        return evidence.image().instances().stream()
                .filter(instance ->
                        instance.volumes().stream().anyMatch(v -> v.id().equals(volume.id())))
                .findFirst();
    }

    /// Whether the app is there and is not being deleted.
    private static boolean lives(Instance owner, JournalEntry entry, Evidence evidence) {
        return evidence.image().runSpec(owner.runSpecId()).isPresent()
                && entry.facts().stream()
                        .noneMatch(fact ->
                                fact instanceof Fact.RunSpecGone(var _, var id)
                                        && id.equals(owner.runSpecId()));
    }
}
