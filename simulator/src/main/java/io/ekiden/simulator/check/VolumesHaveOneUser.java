package io.ekiden.simulator.check;

import java.util.TreeMap;

final class VolumesHaveOneUser implements Checker {
    private final TreeMap<String, String> homes = new TreeMap<>();

    @Override
    public String id() {
        return "5-volumes-have-one-user";
    }

    @Override
    public String promise() {
        return "At most one task at a time uses a persistent volume, and a volume "
                + "never changes its agent.";
    }

    @Override
    public void running(Live task, Evidence evidence) {
        for (var volume : task.volumes()) {
            var home = homes.putIfAbsent(volume.id(), task.agentId());
            if (home != null && !home.equals(task.agentId())) {
                throw broken(volume.id() + " was on " + home + " and is on " + task.agentId());
            }
            for (var other : evidence.live()) {
                if (other.number() != task.number() && other.volumes().contains(volume)) {
                    throw broken(
                            volume.id()
                                    + " is used by "
                                    + task.taskId()
                                    + " and "
                                    + other.taskId());
                }
            }
        }
    }
}
