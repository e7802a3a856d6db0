package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Actor;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import io.ekiden.log.RequestKey;
import io.ekiden.log.WantedChange;
import io.ekiden.model.AnsweredRequest;
import io.ekiden.model.PathId;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests that come again, judged where changes are decided.
class RequestsTest {
    private static final RequestKey KEY = new RequestKey("k-1", "f-1");

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private static Change create(String id) {
        return new Change.CreateApp(
                PathId.of(id),
                World.json("{\"id\":\"%s\",\"cmd\":\"sleep 1\",\"instances\":0}".formatted(id)));
    }

    private JournalEntry send(Change change, RequestKey key) {
        return world.take(new Input.Changed(world.wanted(change, false).as(Optional.of(key))));
    }

    @Test
    void whatWasAcceptedIsNotDoneAgain() {
        var first = send(create("/web"), KEY);
        world.change(new Change.DeleteApp(PathId.of("/web")), true);

        var again = send(create("/web"), KEY);

        assertThat(world.answer(first)).isInstanceOf(Fact.Accepted.class);
        assertThat(again.facts()).containsExactly(new Fact.Repeated(first.sequence()));
        assertThat(world.image.app(PathId.of("/web"))).isEmpty();
    }

    @Test
    void anotherRequestUnderTheSameKeyIsRefused() {
        send(create("/web"), KEY);

        var other = send(create("/db"), new RequestKey(KEY.key(), "f-2"));

        assertThat(other.facts())
                .containsExactly(new Fact.Refused(new Rejection.KeyReused(KEY.key())));
        assertThat(world.image.app(PathId.of("/db"))).isEmpty();
    }

    @Test
    void everybodyHasKeysOfHisOwn() {
        send(create("/web"), KEY);
        var ben =
                new WantedChange(
                        "ben-1",
                        new Actor(Actor.Kind.USER, "ben", Optional.empty()),
                        Optional.empty(),
                        Optional.empty(),
                        "/v2/apps",
                        false,
                        create("/db"));

        var entry = world.take(new Input.Changed(ben.as(Optional.of(KEY))));

        assertThat(world.answer(entry)).isInstanceOf(Fact.Accepted.class);
    }

    /// It has changed nothing, so that it may be tried again.
    @Test
    void whatWasRefusedIsDecidedAnew() {
        var delete = new Change.DeleteApp(PathId.of("/web"));

        assertThat(world.rejection(send(delete, KEY))).isInstanceOf(Rejection.NotFound.class);
        send(create("/web"), new RequestKey("k-2", "f-2"));
        world.work();

        assertThat(world.answer(send(delete, KEY))).isInstanceOf(Fact.Accepted.class);
    }

    @Test
    void aDayLaterTheKeyIsFree() {
        send(create("/web"), KEY);
        world.pass(AnsweredRequest.KEPT_FOR.minus(Duration.ofMillis(1)));
        assertThat(world.image.answeredRequests()).hasSize(1);

        world.pass(Duration.ofMillis(1));

        assertThat(world.image.answeredRequests()).isEmpty();
        assertThat(world.rejection(send(create("/web"), KEY)))
                .isInstanceOf(Rejection.AlreadyExists.class);
    }

    @Test
    void ofTooManyTheOldestIsForgotten() {
        var image = new ClusterImage();
        var subscribe = new Change.Subscribe("http://127.0.0.1:8000/hook");
        decide(image, 1, new Input.Founded("test-cluster"));
        for (int i = 1; i <= AnsweredRequest.MAX + 1; i++) {
            var key = new RequestKey("k" + i, "f");
            var wanted = world.wanted(subscribe, false).as(Optional.of(key));
            decide(image, i + 1, new Input.Changed(wanted));
        }

        assertThat(image.answeredRequests().values())
                .hasSize(AnsweredRequest.MAX)
                .extracting(AnsweredRequest::requestKey)
                .contains("k2")
                .doesNotContain("k1");
    }

    private void decide(ClusterImage image, long sequence, Input input) {
        var entry =
                world.planner.decide(image, new Header(sequence, World.NOON, ""), input).entry();
        assertThat(entry.facts()).noneMatch(Fact.InputFailed.class::isInstance);
    }

    @Test
    void aDryRunIsNotKept() {
        var dry = send(new Change.DryRun(create("/web")), KEY);

        assertThat(dry.facts()).hasSize(1).first().isInstanceOf(Fact.Planned.class);
        assertThat(world.image.answeredRequests()).isEmpty();
        assertThat(world.image.apps()).isEmpty();
    }
}
