package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.model.EventSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {
    private static final String URL = "http://127.0.0.1:8000/hook";

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private Fact subscribe(String url) {
        return world.answer(world.change(new Change.Subscribe(url), false));
    }

    @Test
    void aSubscriptionBeginsWithItsOwnEntry() {
        var entry = world.change(new Change.Subscribe(URL), false);

        assertThat(world.image.subscriptions())
                .containsExactly(new EventSubscription(URL, entry.sequence()));
    }

    @Test
    void whoSubscribesTwiceIsSubscribedOnceAndGoesOn() {
        subscribe(URL);
        var first = world.image.subscription(URL);

        assertThat(subscribe(URL)).isInstanceOf(Fact.Accepted.class);
        assertThat(world.image.subscription(URL)).isEqualTo(first);
    }

    @Test
    void whatIsEndedIsGoneAndCanBeEndedAgain() {
        subscribe(URL);
        for (int i = 0; i < 2; i++) {
            var answer = world.answer(world.change(new Change.Unsubscribe(URL), false));
            assertThat(answer).isInstanceOf(Fact.Accepted.class);
            assertThat(world.image.subscriptions()).isEmpty();
        }
    }

    @Test
    void thereAreOnlySoMany() {
        for (int i = 0; i < EventSubscription.MAX; i++) {
            assertThat(subscribe(URL + i)).isInstanceOf(Fact.Accepted.class);
        }
        assertThat(subscribe(URL)).isInstanceOf(Fact.Refused.class);
        assertThat(subscribe(URL + 0)).isInstanceOf(Fact.Accepted.class);
        assertThat(world.image.subscriptions()).hasSize(EventSubscription.MAX);
    }
}
