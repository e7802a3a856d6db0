package io.ekiden.proxy;

import io.ekiden.model.PathId;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The endpoints of one app, or of several that share it, behind one virtual host or service port,
/// and what is done with those who come to them.
final class Route {
    private final PathId runSpecId;
    private final int precedence;
    private final PortLabels.Handling handling;
    private final List<Backend> all;
    private final Picker picker;
    private final Turns turns;
    private final Optional<StickyCookie> sticky;
    private final Optional<BasicAuth> auth;
    private final Interceptor[] interceptors;
    private final boolean plain;

    /// @param all those that drain included
    /// @param auth of the same route in the table before, if it had any
    Route(
            PathId runSpecId,
            int precedence,
            PortLabels.Handling handling,
            List<Backend> all,
            Picker picker,
            Turns turns,
            Site site,
            Optional<BasicAuth> auth) {
        this.runSpecId = runSpecId;
        this.precedence = precedence;
        this.handling = handling;
        this.all = List.copyOf(all);
        this.picker = picker;
        this.turns = turns;
        this.sticky =
                handling.http().sticky() ? Optional.of(new StickyCookie(all)) : Optional.empty();
        this.auth =
                handling.http()
                        .auth()
                        .map(wanted ->
                                auth.filter(known -> known.credentials().equals(wanted))
                                        .orElseGet(() -> new BasicAuth(wanted)));
        var interceptors = new ArrayList<Interceptor>();
        handling.allowed().map(Interceptors.Allowed::new).ifPresent(interceptors::add);
        interceptors.addAll(handling.http().interceptors(site));
        sticky.ifPresent(interceptors::add);
        this.interceptors = interceptors.toArray(Interceptor[]::new);
        this.plain =
                interceptors.isEmpty()
                        && this.auth.isEmpty()
                        && all.stream().noneMatch(backend -> backend.upstream().http2());
    }

    PathId runSpecId() {
        return runSpecId;
    }

    /// Among the paths of its virtual host, the larger first.
    int precedence() {
        return precedence;
    }

    PortLabels.Handling handling() {
        return handling;
    }

    PortLabels.Mode mode() {
        return handling.mode();
    }

    List<Backend> all() {
        return all;
    }

    Turns turns() {
        return turns;
    }

    /// Further backends that may be tried.
    int retries() {
        return handling.retries();
    }

    /// How long a backend has until it begins to answer.
    long responseNanos(long otherwise) {
        return handling.timeout().map(Duration::toNanos).orElse(otherwise);
    }

    /// Whether requests need nothing but to be brought to a backend, by HTTP/1.1.
    boolean isPlain() {
        return plain;
    }

    Optional<BasicAuth> auth() {
        return auth;
    }

    /// The next backend, already acquired; none when no ready one is left that was not `tried`.
    ///
    /// @param now in nanoseconds of the monotonic clock
    Optional<Backend> acquire(List<Backend> tried, long now, Requester requester) {
        if (sticky.isPresent() && tried.isEmpty()) {
            var own = sticky.get().acquire(requester, now);
            if (own.isPresent()) {
                return own;
            }
        }
        return picker.acquire(tried, now, requester);
    }

    /// Whether an address may come: of a route for TCP, which has no other interceptors.
    boolean admits(String address) {
        return handling.allowed().isEmpty() || handling.allowed().get().contain(address);
    }

    /// The answer to a request that is not to be passed on.
    Optional<Refusal> refusal(HttpServerRequest request) {
        for (var interceptor : interceptors) {
            var refusal = interceptor.before(request);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    /// What a backend is asked for.
    String target(String uri) {
        var target = uri;
        for (var interceptor : interceptors) {
            target = interceptor.target(target);
        }
        return target;
    }

    void toBackend(MultiMap headers) {
        for (var interceptor : interceptors) {
            interceptor.toBackend(headers);
        }
    }

    void toClient(HttpServerRequest request, Backend backend, MultiMap headers) {
        for (var interceptor : interceptors) {
            interceptor.toClient(request, backend, headers);
        }
    }
}
