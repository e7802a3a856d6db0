package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.log.WantedChange.Basis;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A change that was allowed on what its gateway saw is decided on that or not at all.
class BasisTest {
    private static final PathId WEB = PathId.of("/web");
    private static final String SLEEP = "{\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32}";

    private final World world = new World().agent("a1", 4);

    private Fact update(Optional<Instant> seen) {
        var update = new Change.AppUpdate(WEB, World.json("{\"cmd\":\"other\"}"));
        var change = new Change.UpdateApps(List.of(update), true, true);
        return world.answer(world.change(change, false, List.of(new Basis(WEB, seen))));
    }

    private Optional<Instant> version() {
        return world.image.runSpec(WEB).map(RunSpec::version);
    }

    @Test
    void onWhatWasSeenItIsDecided() {
        world.create("/web", SLEEP);
        world.work();

        assertThat(update(version())).isInstanceOf(Fact.Accepted.class);
    }

    @Test
    void onWhatWasChangedSinceItIsRefused() {
        world.create("/web", SLEEP);
        world.work();
        var seen = version();
        world.update("/web", "{\"instances\":2}");
        world.work();

        assertThat(update(seen))
                .isInstanceOfSatisfying(
                        Fact.Refused.class,
                        refused ->
                                assertThat(refused.rejection())
                                        .isInstanceOf(Rejection.Conflict.class));
        assertThat(world.image.app(WEB).orElseThrow().cmd()).contains("sleep 1000");
    }

    @Test
    void whatWasMadeOrDeletedSinceIsSomethingElseToo() {
        assertThat(update(Optional.of(Instant.EPOCH))).isInstanceOf(Fact.Refused.class);
        world.create("/web", SLEEP);
        world.work();

        assertThat(update(Optional.empty())).isInstanceOf(Fact.Refused.class);
    }
}
