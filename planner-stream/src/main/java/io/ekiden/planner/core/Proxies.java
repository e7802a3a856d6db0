package io.ekiden.planner.core;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Fact;
import io.ekiden.model.Proxy;

/// Proxies that join, drain endpoints, fall silent, return and leave. Only an active one is waited
/// for.
final class Proxies {
    private Proxies() {}

    static void joined(Turn turn, AgentReport.ProxyJoined joined) {
        // A new session may have forgotten what it was draining: it says so again, or the drain
        // times out.
        put(
                turn,
                new Proxy(joined.memberId(), turn.sequence(), joined.hostname(), true, turn.now()));
    }

    static void drained(Turn turn, AgentReport.EndpointDrained drained) {
        switch (drained.drain()) {
            case STOPPED -> {} // said for the record; the kill waits for IDLE
            case IDLE ->
                    turn.image()
                            .instanceOf(drained.taskId())
                            .ifPresent(instance ->
                                    Kills.drained(
                                            turn,
                                            instance,
                                            drained.memberId(),
                                            drained.portIndex()));
        }
    }

    static void leaving(Turn turn, String proxyId) {
        turn.image().proxy(proxyId).ifPresent(_ -> turn.add(new Fact.ProxyGone(proxyId)));
        Kills.proxyLost(turn, proxyId);
    }

    static void silent(Turn turn, String proxyId) {
        setActive(turn, proxyId, false);
        Kills.proxyLost(turn, proxyId);
    }

    static void returned(Turn turn, String proxyId) {
        setActive(turn, proxyId, true);
    }

    private static void setActive(Turn turn, String proxyId, boolean active) {
        turn.image()
                .proxy(proxyId)
                .filter(proxy -> proxy.active() != active)
                .ifPresent(proxy ->
                        put(
                                turn,
                                new Proxy(
                                        proxy.id(),
                                        proxy.epoch(),
                                        proxy.hostname(),
                                        active,
                                        turn.now())));
    }

    private static void put(Turn turn, Proxy proxy) {
        turn.add(new Fact.ProxyPut(proxy));
    }
}
