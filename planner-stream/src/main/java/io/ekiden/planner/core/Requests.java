package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.log.RequestKey;
import io.ekiden.log.WantedChange;
import io.ekiden.model.AnsweredRequest;

/// Requests that their callers may send again. What was accepted is accepted once; what was refused
/// has changed nothing, so it is decided anew.
final class Requests {
    private Requests() {}

    static Fact take(Turn turn, WantedChange wanted) {
        return wanted.requestKey()
                .map(key -> once(turn, wanted, key))
                .orElseGet(() -> Changes.take(turn, wanted));
    }

    private static Fact once(Turn turn, WantedChange wanted, RequestKey key) {
        var actor = wanted.actor().name();
        var before = turn.image().entity(AnsweredRequest.key(actor, key.key()));
        if (before.isPresent() && before.get() instanceof AnsweredRequest request) {
            return request.fingerprint().equals(key.fingerprint())
                    ? new Fact.Repeated(request.sequence())
                    : new Fact.Refused(new Rejection.KeyReused(key.key()));
        }
        var answer = Changes.take(turn, wanted);
        if (answer instanceof Fact.Accepted) {
            keep(
                    turn,
                    new AnsweredRequest(
                            actor, key.key(), key.fingerprint(), turn.sequence(), turn.now()));
        }
        return answer;
    }

    private static void keep(Turn turn, AnsweredRequest request) {
        turn.add(new Fact.RequestKept(request));
        var kept = turn.image().answeredRequests();
        if (kept.size() > AnsweredRequest.MAX) {
            forget(turn, kept.get(kept.firstKey()));
        }
    }

    static void forget(Turn turn, AnsweredRequest request) {
        turn.add(new Fact.RequestForgotten(request));
    }
}
