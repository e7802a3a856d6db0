package io.ekiden.simulator.check.rules;

import io.ekiden.simulator.check.Checker;
import java.util.List;

/// All rules that are watched.
public final class Rules {
    private Rules() {}

    /// New ones, for one run.
    public static List<Checker> all() {
        return List.of(
                new LaunchDelayKept(),
                new WeakestGoFirst(),
                new FinishedMeansDone(),
                new DependenciesFirst(),
                new CancelledOnlyByForce(),
                new NothingWaitsForEver(),
                new WrittenBeforeDone(),
                new LostHoldNothingUp(),
                new OnlyActiveAgentsLaunch(),
                new OnlyReadyIsOffered(),
                new VolumesInUseStay(),
                new VolumesOutliveKills(),
                new OrphansBelongToNobody(),
                new BrakeHolds(),
                new DecidedAgainTheSame());
    }
}
