package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Precondition;
import io.ekiden.log.Precondition.Kind;
import io.ekiden.log.Rejection;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `If-Match` and `If-None-Match`, judged where the change is decided.
class PreconditionsTest {
    private static final PathId WEB = PathId.of("/shop/web");
    private static final PathId SHOP = PathId.of("/shop");
    private static final Optional<List<String>> UNASKED = Optional.empty();
    private static final Optional<List<String>> ANY = Optional.of(List.of(Precondition.ANY));

    private final World world = new World();
    private String first;

    @BeforeEach
    void anApp() {
        first = create();
        world.now = world.now.plusSeconds(1);
    }

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private String create() {
        world.create("/shop/web", "{\"id\":\"/shop/web\",\"cmd\":\"sleep 1\",\"instances\":0}");
        return version();
    }

    private String version() {
        return Precondition.tag(world.image.runSpec(WEB).map(RunSpec::version).orElseThrow());
    }

    private static Precondition app(
            Optional<List<String>> match, Optional<List<String>> noneMatch) {
        return new Precondition(Kind.APP_OR_POD, WEB, match, noneMatch);
    }

    private JournalEntry change(Change change, Precondition when) {
        return world.take(new Input.Changed(world.wanted(change, true).when(Optional.of(when))));
    }

    private JournalEntry update(String cmd, Precondition when) {
        var update = new Change.AppUpdate(WEB, World.json("{\"cmd\":\"" + cmd + "\"}"));
        return change(new Change.UpdateApps(List.of(update), true, true), when);
    }

    private void assertRefused(JournalEntry entry) {
        assertThat(entry.facts()).hasSize(1);
        assertThat(world.rejection(entry)).isInstanceOf(Rejection.PreconditionFailed.class);
    }

    private void assertAccepted(JournalEntry entry) {
        assertThat(world.answer(entry)).isInstanceOf(Fact.Accepted.class);
    }

    @Test
    void ofTwoWhoSawTheSameVersionOneChangesIt() {
        var seen = app(Optional.of(List.of(first)), UNASKED);

        assertAccepted(update("sleep 2", seen));
        assertRefused(update("sleep 3", seen));
        assertThat(world.image.app(WEB).flatMap(app -> app.cmd())).contains("sleep 2");
        assertThat(((Rejection.PreconditionFailed) world.rejection(update("x", seen))).message())
                .contains(version());
        assertAccepted(update("sleep 3", app(Optional.of(List.of(first, version())), UNASKED)));
    }

    @Test
    void aChangeThatChangesNothingKeepsTheVersion() {
        var seen = app(Optional.of(List.of(first)), UNASKED);

        assertAccepted(update("sleep 1", seen));
        assertAccepted(update("sleep 2", seen));
    }

    @Test
    void whatIsToBeMadeMustNotBeThere() {
        assertRefused(update("sleep 2", app(UNASKED, ANY)));
        assertAccepted(change(new Change.DeleteApp(WEB), app(ANY, UNASKED)));
        assertRefused(update("sleep 2", app(ANY, UNASKED)));
        assertAccepted(update("sleep 2", app(UNASKED, ANY)));
    }

    @Test
    void someVersionsCanBeRuledOut() {
        assertRefused(update("sleep 2", app(UNASKED, Optional.of(List.of("x", first)))));
        assertAccepted(update("sleep 2", app(UNASKED, Optional.of(List.of("x")))));
    }

    @Test
    void noVersionAtAllMatchesNothing() {
        assertRefused(update("sleep 2", app(Optional.of(List.of()), UNASKED)));
    }

    @Test
    void aGroupHasAnotherVersionWhenAnythingInItHas() {
        var group = world.image.group(SHOP).orElseThrow().version();
        var seen =
                new Precondition(
                        Kind.GROUP, SHOP, Optional.of(List.of(Precondition.tag(group))), UNASKED);
        world.update("/shop/web", "{\"cmd\":\"sleep 2\"}", true);

        assertRefused(change(new Change.DeleteGroup(SHOP), seen));
        assertThat(world.image.app(WEB)).isPresent();
    }

    @Test
    void aDryRunIsJudgedToo() {
        assertRefused(change(new Change.DryRun(new Change.DeleteApp(WEB)), app(UNASKED, ANY)));
    }
}
