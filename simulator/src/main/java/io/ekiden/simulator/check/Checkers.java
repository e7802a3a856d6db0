package io.ekiden.simulator.check;

import io.ekiden.simulator.check.rules.Rules;
import java.util.List;
import java.util.stream.Stream;

/// All promises that are watched.
public final class Checkers {
    private Checkers() {}

    /// New ones, for one run.
    public static List<Checker> all() {
        return Stream.concat(promises().stream(), Rules.all().stream()).toList();
    }

    private static List<Checker> promises() {
        return List.of(
                new DecideNeverFails(),
                new NoTaskStartsTwice(),
                new OneEpochDecides(),
                new StartsOnlyWhatIsAssigned(),
                new NoStartAfterTheEnd(),
                new VolumesHaveOneUser(),
                new ExternalVolumesHaveOneUser(),
                new OrphansEnd(),
                new KillsNameADecision(),
                new RoomIsFreedByTheEnd(),
                new ResourcesSuffice(),
                new PortsAreUnique(),
                new NeverTooMany(),
                new UpgradesStayWithinBounds(),
                new ConstraintsHold(),
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
