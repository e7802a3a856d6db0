package io.ekiden.gateway.http;

import io.ekiden.gateway.core.About;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.log.ChangeWriter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes every request through the door, finds its route and sees to it that it is answered once.
final class ApiHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final String MATCH = "match";
    private static final String CALLER = "caller";

    private final Routes routes;
    private final Door door;
    private final Guard guard;
    private final Refusals refusals;
    private final Traffic traffic;
    private final Shares requests;
    private final Shares streams;
    private final Dispatch dispatch;
    private final About about;
    private final InstantSource clock;
    private final long maxBody;
    private final Duration recheck;

    ApiHandler(
            Routes routes,
            Door door,
            Guard guard,
            Refusals refusals,
            Traffic traffic,
            Shares requests,
            Shares streams,
            Dispatch dispatch,
            About about,
            InstantSource clock,
            long maxBody,
            Duration recheck) {
        this.routes = routes;
        this.door = door;
        this.guard = guard;
        this.refusals = refusals;
        this.traffic = traffic;
        this.requests = requests;
        this.streams = streams;
        this.dispatch = dispatch;
        this.about = about;
        this.clock = clock;
        this.maxBody = maxBody;
        this.recheck = recheck;
    }

    Router router(Vertx vertx) {
        var router = Router.router(vertx);
        router.route().handler(this::enter);
        router.route()
                .handler(
                        BodyHandler.create(false)
                                .setBodyLimit(maxBody)
                                .setMergeFormAttributes(false));
        router.route().handler(this::serve);
        router.route().failureHandler(this::fail);
        return router;
    }

    private void enter(RoutingContext http) {
        var request = http.request();
        headers(http);
        var course = Course.of(http);
        course.whenAnswered(() -> traffic.count(http.response().getStatusCode()));
        var path = path(request);
        if (path.isEmpty()) {
            Replies.send(http, Answer.message(400, "Malformed URI"));
            return;
        }
        var found = routes.find(request.method().name(), path.get());
        var route =
                found instanceof Routes.Found.Match match
                        ? Optional.of(match.route())
                        : Optional.<Route>empty();
        route.ifPresent(known -> course.whenAnswered(() -> note(http, known)));
        var refusal =
                door.refusal(
                        request,
                        route.filter(Route::mutates).isPresent(),
                        route.filter(Route::takesJson).isPresent());
        if (refusal.isPresent()) {
            Replies.send(http, refusal.get());
            return;
        }
        switch (found) {
            case Routes.Found.Match match -> guard(http, match);
            case Routes.Found.OtherMethods(var allowed) ->
                    Replies.send(http, otherMethod(request, allowed));
            case Routes.Found.Nothing() -> Replies.send(http, Failures.unknownUri());
        }
    }

    /// On everything, as Marathon does; what was true a moment ago must not be cached.
    private void headers(RoutingContext http) {
        http.response()
                .putHeader("Cache-Control", "no-cache, no-store, must-revalidate")
                .putHeader("Pragma", "no-cache")
                .putHeader("Expires", "0")
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("X-XSS-Protection", "1; mode=block")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("X-Marathon-Leader", about.url());
        if (about.secure()) {
            http.response().putHeader("Strict-Transport-Security", "max-age=31536000");
        }
        Replies.sequence(http, dispatch.sequence());
    }

    /// The decoded segments; empty when the path cannot be decoded.
    private static Optional<List<String>> path(HttpServerRequest request) {
        if (request.path() == null) {
            return Optional.empty();
        }
        try {
            // In a path a plus is a plus.
            var raw = request.path().replace("+", "%2B");
            var decoded = URLDecoder.decode(raw, StandardCharsets.UTF_8);
            return decoded.indexOf('\0') >= 0
                    ? Optional.empty()
                    : Optional.of(PathPattern.split(decoded));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Answer otherMethod(HttpServerRequest request, Set<String> allowed) {
        var allow = String.join(", ", allowed);
        return request.method().name().equals("OPTIONS")
                ? Answer.empty(200).with("Allow", allow)
                : Failures.methodNotAllowed(allow);
    }

    /// Reads that were refused for who asked, changes that the gateway refused for any reason, and
    /// those of the gateway itself; what the planner decided is in the journal.
    private void note(RoutingContext http, Route route) {
        int status = http.response().getStatusCode();
        boolean refused = status >= 400 && status < 500 && http.get(Refusals.DECIDED) == null;
        boolean done = status < 300 && route.isOwn();
        if (done || (refused && (route.mutates() || status == 401 || status == 403))) {
            refusals.note(
                    http.request(), route, status, http.get(CALLER), http.get(Refusals.LACKS));
        }
    }

    private void guard(RoutingContext http, Routes.Found.Match match) {
        switch (guard.admit(http.request(), match)) {
            case Guard.Admission.In(var caller) -> {
                http.put(CALLER, caller);
                if (match.route().streams()) {
                    recheck(http, caller);
                }
                admit(http, match, caller);
            }
            case Guard.Admission.Out(var answer, var caller, var lacks) -> {
                caller.ifPresent(known -> http.put(CALLER, known));
                http.put(Refusals.LACKS, lacks);
                Replies.send(http, answer);
            }
        }
    }

    /// A stream ends soon after its caller's token does.
    private void recheck(RoutingContext http, Caller caller) {
        if (caller.equals(Caller.ANYBODY)) {
            return;
        }
        long timer =
                http.vertx()
                        .setPeriodic(
                                recheck.toMillis(),
                                _ -> {
                                    if (!guard.stillKnows(http.request(), caller)) {
                                        var _ = http.request().connection().close();
                                    }
                                });
        Course.of(http).whenOver(() -> http.vertx().cancelTimer(timer));
    }

    private void admit(RoutingContext http, Routes.Found.Match match, Caller caller) {
        var shares = match.route().streams() ? streams : requests;
        var who = who(http.request(), caller);
        if (!shares.take(who)) {
            Replies.send(http, Failures.tooManyOfOne(shares.most()));
            return;
        }
        Course.of(http).whenOver(() -> shares.giveBack(who));
        // Streams last; they have limits of their own.
        if (!match.route().streams()) {
            if (!traffic.enter()) {
                Replies.send(http, Failures.tooManyRequests(traffic.limit()));
                return;
            }
            Course.of(http).whenOver(traffic::leave);
        }
        http.put(MATCH, match);
        if (match.route().action() instanceof Route.Action.Exec) {
            // It has no body, and to be read is to be lost as a WebSocket.
            serve(http);
        } else {
            http.next();
        }
    }

    private static String who(HttpServerRequest request, Caller caller) {
        return caller.equals(Caller.ANYBODY)
                ? "address " + request.remoteAddress().hostAddress()
                : "user " + caller.name();
    }

    private void serve(RoutingContext http) {
        Routes.Found.Match match = http.get(MATCH);
        var request = request(http, match.values());
        dispatch.run(http, match.route().action(), request);
    }

    private ApiRequest request(RoutingContext http, Map<String, String> path) {
        var query = new HashMap<String, List<String>>();
        for (var name : http.queryParams().names()) {
            query.put(name, List.copyOf(http.queryParams().getAll(name)));
        }
        var accept = http.request().getHeader("Accept");
        return new ApiRequest(
                http.request().uri(),
                path,
                query,
                accept == null ? "*/*" : accept,
                Optional.empty(),
                clock.instant(),
                http.get(CALLER));
    }

    private void fail(RoutingContext http) {
        var problem = http.failure();
        if (http.statusCode() == 413) {
            Replies.send(http, Failures.bodyTooLarge(maxBody));
        } else if (http.statusCode() >= 400 && http.statusCode() < 500) {
            var phrase = http.response().setStatusCode(http.statusCode()).getStatusMessage();
            Replies.send(http, Answer.message(http.statusCode(), phrase));
        } else {
            Replies.send(http, answer(http, problem));
        }
    }

    private Answer answer(RoutingContext http, Throwable problem) {
        return switch (problem) {
            case ChangeWriter.OutcomeUnknown _ -> Failures.outcomeUnknown(dispatch.writePatience());
            case ChangeWriter.TooLarge _ ->
                    Answer.message(413, "The change is larger than the log takes.");
            case null, default -> {
                LOG.error(
                        "method={} uri={} problem=internal",
                        http.request().method(),
                        Refusals.printable(http.request().uri()),
                        problem);
                yield Failures.internal();
            }
        };
    }
}
