package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Endpoint;
import io.ekiden.simulator.Timeline;
import java.util.TreeMap;

final class RequestsFollowTheLog implements Checker {
    private static final long LATEST = 2 * Timeline.SECOND;

    private final TreeMap<String, Long> notReadySince = new TreeMap<>();

    @Override
    public String id() {
        return "25-26-requests-follow-the-log";
    }

    @Override
    public String promise() {
        return "A proxy that follows the log gives an endpoint nothing before it is "
                + "ready, nothing later than 2 seconds after it is not, and reaches no "
                + "other task there.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.EndpointPut(var endpoint)) {
                if (endpoint.state() == Endpoint.State.READY) {
                    notReadySince.put(endpoint.key(), Long.MAX_VALUE);
                } else {
                    notReadySince.merge(endpoint.key(), evidence.now(), Math::min);
                }
            } else if (fact instanceof Fact.EndpointGone(var key)) {
                notReadySince.merge(key, evidence.now(), Math::min);
            }
        }
    }

    @Override
    public void requestBegan(Request request, Evidence evidence) {
        var key = request.endpoint().key();
        var since = notReadySince.get(key);
        if (since == null) {
            throw broken(request.proxyId() + " gives " + key + " work, which never was ready");
        }
        if (since == Long.MAX_VALUE) {
            boolean other =
                    request.reached()
                            .filter(t -> !t.equals(request.endpoint().taskId()))
                            .isPresent();
            if (other) {
                throw broken(request.proxyId() + " reaches " + request.reached() + " at " + key);
            }
            return;
        }
        boolean follows = request.currentSince() != Long.MAX_VALUE;
        long late = evidence.now() - Math.max(since, request.currentSince());
        if (follows && late > LATEST) {
            throw broken(
                    "%s gives %s work %d us after it was not ready any more"
                            .formatted(request.proxyId(), key, late));
        }
    }
}
