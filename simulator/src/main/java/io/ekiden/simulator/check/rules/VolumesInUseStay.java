package io.ekiden.simulator.check.rules;

import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// Nobody pulls a disk from under a task.
final class VolumesInUseStay implements Checker {
    @Override
    public String id() {
        return "42-volumes-in-use-stay";
    }

    @Override
    public String promise() {
        return "A persistent volume is destroyed only when no task uses it any more.";
    }

    @Override
    public void volumeGone(String agentId, String volumeId, Evidence evidence) {
        for (var task : evidence.liveOn(agentId)) {
            if (task.volumes().stream().anyMatch(volume -> volume.id().equals(volumeId))) {
                throw broken(volumeId + " is destroyed while " + task.taskId() + " uses it");
            }
        }
    }
}
