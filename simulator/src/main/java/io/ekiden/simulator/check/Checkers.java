package io.ekiden.simulator.check;

import java.util.List;

/// All promises that are watched.
public final class Checkers {
    private Checkers() {}

    /// New ones, for one run.
    public static List<Checker> all() {
        return List.of(
                new DecideNeverFails(),
                new NoTaskStartsTwice(),
                new OneEpochDecides(),
                new StartsOnlyWhatIsAssigned(),
                new NoStartAfterTheEnd(),
                new VolumesHaveOneUser(),
                new OrphansEnd(),
                new KillsNameADecision(),
                new RoomIsFreedByTheEnd(),
                new ResourcesSuffice(),
                new PortsAreUnique(),
                new NeverTooMany(),
                new UpgradesStayWithinBounds(),
                new NothingNewWhereDrained(),
                new NoRequestIsKilled(),
                new VersionsRise(),
                new ChangesAreDecidedOnce(),
                new AnswersAreVisible(),
                new StateIsTheLog(),
                new OneDeploymentEach(),
                new RollbackRestores(),
                new RequestsFollowTheLog(),
                new NothingIsLeft());
    }
}
