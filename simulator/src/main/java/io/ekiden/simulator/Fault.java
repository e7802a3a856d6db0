package io.ekiden.simulator;

/// Everything that can go wrong in a run. Those with a rate happen by themselves, once in so many
/// seconds on average; the others happen now and then where there is an opportunity.
public enum Fault {
    PLANNER_CRASH(150),
    PLANNER_PAUSE(180),
    PLANNER_CUT(240),
    AGENT_CRASH(70),
    AGENT_REBOOT(200),
    AGENT_PAUSE(120),
    AGENT_JOURNAL_LOSS(240),
    AGENT_LEAVES(240),
    AGENT_CUT(110),
    AGENT_CUT_ONE_WAY(140),
    ALL_AGENTS_CUT(300),
    LOG_AWAY(300),
    ENGINE_HANGS(150),
    DISK_FULL(150),
    PROXY_CRASH(120),
    PROXY_CUT(150),
    PROXY_LEAVES(300),
    GATEWAY_CRASH(150),
    GATEWAY_LAG(100),
    CLOCK_JUMP(120),
    COMPACTION(60),
    POISON(90),
    FORGOTTEN_OFFSETS(240),
    TASK_EXIT(45),
    HEALTH_FLAP(30),
    SLOW_NETWORK(0),
    OUTCOME_UNKNOWN(0),
    DUPLICATE(0),
    TRANSACTION_ABORT(0),
    COMMIT_UNKNOWN(0),
    CRASH_BETWEEN_ACTIONS(0),
    INPUT_FAILURE(0),
    START_FAILS(0),
    START_SLOW(0),
    START_REPLY_LOST(0),
    CRASH_LOOP(0);

    private final int everySeconds;

    Fault(int everySeconds) {
        this.everySeconds = everySeconds;
    }

    /// Seconds between two, on average; 0 for one that waits for an opportunity.
    public int everySeconds() {
        return everySeconds;
    }
}
