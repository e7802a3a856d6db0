package io.ekiden.gateway.http;

import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Lack;
import io.ekiden.log.Actor;
import io.ekiden.log.RefusedCalls;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the gateway itself refused, and what it did by itself, for the audit. Calls of one kind are
/// counted together until the next [#flush], so that who knocks a thousand times a second leaves
/// one record a second; beyond [#MAX_KINDS] kinds, the rest are one kind. Commands that were run in
/// tasks are told one by one.
final class Refusals {
    /// In a request's context: the change went to the planner, whose answer is in the journal.
    static final String DECIDED = "decided";

    /// In a request's context: what its caller lacks.
    static final String LACKS = "lacks";

    static final int MAX_KINDS = 100;
    static final int MAX_TEXT = 200;

    /// Of a command that was run in a task: what it is matters to the end.
    static final int MAX_COMMAND = 4000;

    private static final int SWITCHING = 101;

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Consumer<RefusedCalls> audit;
    private final Map<Kind, RefusedCalls> sinceFlush = new LinkedHashMap<>();
    private final AtomicLong unauthenticated = new AtomicLong();
    private final AtomicLong forbidden = new AtomicLong();

    /// @param audit is given the records; must not block
    Refusals(Consumer<RefusedCalls> audit) {
        this.audit = audit;
    }

    private record Kind(Actor actor, int status, String method, String route) {
        static final Kind OTHERS =
                new Kind(new Actor(Actor.Kind.USER, "others", Optional.empty()), 0, "", "");
    }

    /// @param caller null when nobody is known
    /// @param lacks null when it was refused for something else
    void note(HttpServerRequest request, Route route, int status, Caller caller, List<Lack> lacks) {
        if (status == 401) {
            unauthenticated.incrementAndGet();
        } else if (status == 403) {
            forbidden.incrementAndGet();
        }
        boolean session = status == SWITCHING;
        var call =
                new RefusedCalls(
                        actor(request, Optional.ofNullable(caller)),
                        status,
                        request.method().name(),
                        route.path().text(),
                        printable(request.uri(), session ? MAX_COMMAND : MAX_TEXT),
                        lacks == null ? List.of() : lacks.stream().map(Refusals::text).toList(),
                        1);
        if (session) {
            tell(call);
        } else {
            add(call);
        }
    }

    private static String text(Lack lack) {
        return printable(lack.needs() + " on " + lack.id());
    }

    private synchronized void add(RefusedCalls call) {
        var kind = new Kind(call.actor(), call.status(), call.method(), call.route());
        boolean room = sinceFlush.containsKey(kind) || sinceFlush.size() < MAX_KINDS;
        sinceFlush.merge(room ? kind : Kind.OTHERS, call, (first, _) -> first.oneMore());
    }

    /// Hands on what was counted since the last time.
    void flush() {
        take().forEach(this::tell);
    }

    private void tell(RefusedCalls calls) {
        LOG.warn(
                "audit={} status={} user={} address={} method={} uri={} needs={} count={}",
                calls.isRefused() ? "refused" : "done",
                calls.status(),
                calls.actor().name(),
                calls.actor().address().orElse(""),
                calls.method(),
                calls.uri(),
                calls.needs(),
                calls.count());
        audit.accept(calls);
    }

    private synchronized List<RefusedCalls> take() {
        var taken = List.copyOf(sinceFlush.values());
        sinceFlush.clear();
        return taken;
    }

    long unauthenticated() {
        return unauthenticated.get();
    }

    long forbidden() {
        return forbidden.get();
    }

    /// Who sent a request, for the log.
    static Actor actor(HttpServerRequest request, Optional<Caller> caller) {
        var address = Optional.ofNullable(request.remoteAddress()).map(from -> from.hostAddress());
        return new Actor(Actor.Kind.USER, caller.orElse(Caller.ANYBODY).name(), address);
    }

    /// What somebody sent, as it may stand in a line of a log: short, on one line, and with nothing
    /// that a terminal would obey.
    static String printable(String text) {
        return printable(text, MAX_TEXT);
    }

    private static String printable(String text, int most) {
        var shown = text.length() > most ? text.substring(0, most) + "…" : text;
        return shown.replaceAll("[^\\p{Print}…]", "?");
    }
}
