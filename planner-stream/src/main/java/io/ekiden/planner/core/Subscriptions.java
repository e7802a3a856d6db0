package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.EventSubscription;
import java.util.List;
import java.util.Optional;

/// Who wants events posted to him. To want what is so already is accepted and changes nothing.
final class Subscriptions {
    private Subscriptions() {}

    static Fact subscribe(Turn turn, String callbackUrl) {
        if (turn.image().subscription(callbackUrl).isEmpty()) {
            if (turn.image().subscriptions().size() >= EventSubscription.MAX) {
                return new Fact.Refused(
                        new Rejection.IllegalArgument(
                                "There can be at most %d event subscriptions."
                                        .formatted(EventSubscription.MAX)));
            }
            var subscription = new EventSubscription(callbackUrl, turn.sequence());
            turn.add(new Fact.SubscriptionPut(subscription));
        }
        return accepted(turn);
    }

    static Fact unsubscribe(Turn turn, String callbackUrl) {
        if (turn.image().subscription(callbackUrl).isPresent()) {
            turn.add(new Fact.SubscriptionGone(callbackUrl));
        }
        return accepted(turn);
    }

    private static Fact accepted(Turn turn) {
        return new Fact.Accepted(turn.now(), Optional.empty(), List.of());
    }
}
