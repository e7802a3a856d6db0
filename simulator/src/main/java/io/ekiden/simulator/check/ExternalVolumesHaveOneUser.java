package io.ekiden.simulator.check;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Condition;
import io.ekiden.model.TaskId;
import io.ekiden.model.Volume;
import java.util.Set;
import java.util.TreeSet;

/// A task on a silent agent may run on when its definition, or a user who wiped it, has said that
/// it is over: that was their word.
final class ExternalVolumesHaveOneUser implements Checker {
    private final Set<TaskId> saidToBeOver = new TreeSet<>();

    @Override
    public String id() {
        return "5-external-volumes-have-one-user";
    }

    @Override
    public String promise() {
        return "At most one task at a time uses an external volume, unless all who do share it, or"
                + " one of them was said to be over.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        boolean byWord =
                switch (entry.input()) {
                    case Input.Due _ -> true;
                    case Input.Changed(var wanted) -> wipes(wanted.change());
                    default -> false;
                };
        for (var fact : entry.facts()) {
            if (byWord
                    && fact instanceof Fact.InstanceGone gone
                    && gone.last().condition() == Condition.GONE) {
                saidToBeOver.add(gone.last().taskId());
            }
        }
    }

    private static boolean wipes(Change change) {
        return switch (change) {
            case Change.KillTasks kill -> kill.wipe();
            case Change.KillAppTasks kill -> kill.wipe();
            default -> false;
        };
    }

    @Override
    public void running(Live task, Evidence evidence) {
        for (var volume : task.task().spec().externalVolumes()) {
            for (var other : evidence.live()) {
                if (other.number() != task.number()
                        && !saidToBeOver.contains(other.taskId())
                        && excludes(volume, other)) {
                    throw broken(
                            volume.name()
                                    + " is used by "
                                    + task.taskId()
                                    + " and "
                                    + other.taskId());
                }
            }
        }
    }

    private static boolean excludes(Volume.External volume, Live other) {
        return other.task().spec().externalVolumes().stream()
                .filter(theirs -> theirs.name().equals(volume.name()))
                .anyMatch(theirs -> !theirs.shared() || !volume.shared());
    }
}
