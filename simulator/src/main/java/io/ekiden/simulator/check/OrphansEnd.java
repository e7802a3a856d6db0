package io.ekiden.simulator.check;

final class OrphansEnd implements Checker {
    @Override
    public String id() {
        return "6-orphans-end";
    }

    @Override
    public String promise() {
        return "When everything has come to rest, every task that runs is known to the " + "log.";
    }

    @Override
    public void settled(Evidence evidence) {
        for (var live : evidence.live()) {
            if (evidence.image().instanceOf(live.taskId()).isEmpty()) {
                throw broken(live.taskId() + " runs on " + live.agentId());
            }
        }
    }
}
