package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Applied;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.Outcome;
import io.ekiden.gateway.core.Preconditions;
import io.ekiden.gateway.core.TaskPlaces;
import io.ekiden.gateway.core.Wanted;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Judge;
import io.ekiden.gateway.core.access.Lack;
import io.ekiden.gateway.core.access.Verdict;
import io.ekiden.gateway.log.ChangeWriter;
import io.ekiden.gateway.log.Damaged;
import io.ekiden.gateway.log.Follower;
import io.ekiden.gateway.log.JournalWalk;
import io.ekiden.gateway.log.ReadBarrier;
import io.ekiden.json.JsonText;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Precondition;
import io.ekiden.log.RequestKey;
import io.ekiden.log.WantedChange;
import io.ekiden.state.ClusterImage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;

/// Runs what a route asks for: a read of the newest or of the last known state, or a change.
/// Looking, parsing and writing JSON is done beside the event loop.
final class Dispatch {
    private static final int MAX_REASON = 1000;
    private static final Pattern TRACE =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    /// Searches of the log at once: they take long, and nothing else may wait for them.
    private static final int SEARCHES = 2;

    private final Vertx vertx;
    private final WorkerExecutor searches;
    private final Follower follower;
    private final ReadBarrier barrier;
    private final ChangeWriter writer;
    private final LongFunction<JournalWalk> journal;
    private final AgentRelay relay;
    private final ExecRelay execs;
    private final Duration writePatience;
    private final KeyedRequests keyed = new KeyedRequests();

    /// @param journal from the entry of a sequence on
    Dispatch(
            Vertx vertx,
            Follower follower,
            ReadBarrier barrier,
            ChangeWriter writer,
            LongFunction<JournalWalk> journal,
            AgentRelay relay,
            ExecRelay execs,
            Duration writePatience) {
        this.vertx = vertx;
        this.searches = vertx.createSharedWorkerExecutor("gateway-searches", SEARCHES);
        this.follower = follower;
        this.barrier = barrier;
        this.writer = writer;
        this.journal = journal;
        this.relay = relay;
        this.execs = execs;
        this.writePatience = writePatience;
    }

    long sequence() {
        return follower.sequence();
    }

    Duration writePatience() {
        return writePatience;
    }

    void run(RoutingContext http, Route.Action action, ApiRequest request) {
        switch (action) {
            case Route.Action.Tell(var telling) -> Replies.send(http, telling.of(request));
            case Route.Action.Search(var search) -> search(http, search, request);
            case Route.Action.Serve(var handler) -> handler.handle(http, request);
            case Route.Action.Adjust(var telling) ->
                    Replies.send(
                            http,
                            withBody(
                                    request,
                                    http.body().buffer(),
                                    telling::of,
                                    Function.identity()));
            case Route.Action.Keep(var json, var telling) -> keep(http, json, telling, request);
            case Route.Action.Forward forward ->
                    ifServing(http, () -> forward(http, forward, request));
            case Route.Action.Exec exec -> ifServing(http, () -> exec(http, exec, request));
            case Route.Action.Glance(var view) -> ifServing(http, () -> look(http, view, request));
            case Route.Action.Read(var view) -> ifServing(http, () -> read(http, view, request));
            case Route.Action.Write write -> ifServing(http, () -> write(http, write, request));
        }
    }

    private void ifServing(RoutingContext http, Runnable action) {
        follower.trouble()
                .ifPresentOrElse(
                        why -> Replies.send(http, Failures.unavailable("Not serving: " + why)),
                        action);
    }

    private void read(RoutingContext http, Route.View view, ApiRequest request) {
        if (request.flag("stale", false)) {
            look(http, view, request);
            return;
        }
        here(barrier.pass())
                .onSuccess(_ -> look(http, view, request))
                .onFailure(problem -> Replies.send(http, Failures.noFreshRead(why(problem))));
    }

    private static String why(Throwable problem) {
        return problem instanceof TimeoutException
                ? "the journal's newest entries have not come in"
                : "Kafka does not answer (" + problem.getClass().getSimpleName() + ")";
    }

    private void keep(
            RoutingContext http, boolean json, Route.Telling telling, ApiRequest request) {
        var body = http.body().buffer();
        vertx.executeBlocking(
                        () ->
                                Replies.encode(
                                        json ? kept(telling, request, body) : telling.of(request)),
                        false)
                .onSuccess(answer -> Replies.send(http, answer))
                .onFailure(problem -> fail(http, problem));
    }

    /// A parser's message would have something of what was sent.
    private static Answer kept(Route.Telling telling, ApiRequest request, Buffer body) {
        var bytes = body == null ? new byte[0] : body.getBytes();
        return switch (JsonText.parse(bytes)) {
            case JsonText.Tree(var tree) -> telling.of(request.withBody(tree));
            case JsonText.Malformed _ -> Failures.unparsable("no JSON");
            case JsonText.Empty() -> Failures.noBody();
        };
    }

    private void search(RoutingContext http, Route.Telling search, ApiRequest request) {
        searches.executeBlocking(() -> Replies.encode(search.of(request)), false)
                .onSuccess(answer -> Replies.send(http, answer))
                .onFailure(problem -> fail(http, problem));
    }

    /// What could not be read of the log, which may be away.
    private static void fail(RoutingContext http, Throwable problem) {
        if (problem instanceof KafkaException) {
            Replies.send(http, Failures.unavailable(why(problem)));
        } else {
            http.fail(problem);
        }
    }

    /// What came of a change.
    private sealed interface Decided {}

    private record Told(long sequence, Replies.Encoded answer) implements Decided {}

    /// It was accepted before.
    ///
    /// @param first entry, which has the answer
    private record Repeated(long sequence, long first) implements Decided {}

    private void look(RoutingContext http, Route.View view, ApiRequest request) {
        vertx.executeBlocking(
                        () -> {
                            var reading = follower.read(image -> view.of(request, image));
                            return new Told(reading.sequence(), Replies.encode(reading.value()));
                        },
                        false)
                .onSuccess(told -> tell(http, told))
                .onFailure(http::fail);
    }

    private static void tell(RoutingContext http, Told told) {
        Replies.sequence(http, told.sequence());
        Replies.send(http, told.answer());
    }

    /// A task never changes its agent, so the last known state is good enough for a task that it
    /// knows: logs can be read while Kafka is away.
    private void forward(RoutingContext http, Route.Action.Forward route, ApiRequest request) {
        place(route, request)
                .compose(place ->
                        place instanceof TaskPlaces.Place.Nowhere
                                ? here(barrier.pass()).compose(_ -> place(route, request))
                                : Future.succeededFuture(place))
                .onSuccess(place -> {
                    switch (place) {
                        case TaskPlaces.Place.At at -> relay.relay(http, at, route.path());
                        case TaskPlaces.Place.Nowhere(var refusal) -> Replies.send(http, refusal);
                    }
                })
                .onFailure(problem -> Replies.send(http, Failures.noFreshRead(why(problem))));
    }

    /// Where a command is to be run, and what its caller lacks for it.
    private record Room(TaskPlaces.Place place, List<Lack> lacks) {}

    private void exec(RoutingContext http, Route.Action.Exec route, ApiRequest request) {
        var refusal = ExecRelay.refusal(http.request());
        if (refusal.isPresent()) {
            Replies.send(http, refusal.get());
            return;
        }
        http.request().pause();
        room(route, request)
                .compose(room ->
                        room.place() instanceof TaskPlaces.Place.Nowhere
                                ? here(barrier.pass()).compose(_ -> room(route, request))
                                : Future.succeededFuture(room))
                .onSuccess(room -> exec(http, room))
                .onFailure(problem -> ExecRelay.refuse(http, Failures.noFreshRead(why(problem))));
    }

    private void exec(RoutingContext http, Room room) {
        if (!room.lacks().isEmpty()) {
            http.put(Refusals.LACKS, room.lacks());
            ExecRelay.refuse(http, Failures.forbidden(room.lacks()));
            return;
        }
        switch (room.place()) {
            case TaskPlaces.Place.At at -> execs.relay(http, at);
            case TaskPlaces.Place.Nowhere(var refused) -> ExecRelay.refuse(http, refused);
        }
    }

    private Future<Room> room(Route.Action.Exec route, ApiRequest request) {
        return vertx.executeBlocking(
                () -> follower.read(image -> room(route, request, image)).value(), false);
    }

    private static Room room(Route.Action.Exec route, ApiRequest request, ClusterImage image) {
        var place = route.place().of(request, image);
        return new Room(
                place,
                place instanceof TaskPlaces.Place.At at
                        ? Judge.lacksIn(at.taskId(), request.caller(), image)
                        : List.of());
    }

    private Future<TaskPlaces.Place> place(Route.Action.Forward route, ApiRequest request) {
        return vertx.executeBlocking(
                () -> follower.read(image -> route.place().of(request, image)).value(), false);
    }

    private void write(RoutingContext http, Route.Action.Write route, ApiRequest request) {
        var body = http.body().buffer();
        vertx.executeBlocking(() -> wanted(route, request, body), false)
                .onSuccess(wanted -> {
                    switch (wanted) {
                        case Wanted.Refused(var answer) -> Replies.send(http, answer);
                        case Wanted.Write write -> order(http, request.caller(), write, body);
                    }
                })
                .onFailure(http::fail);
    }

    /// A change that is about to be handed to the planner.
    private record Order(
            Caller caller,
            Wanted.Write write,
            Optional<Precondition> precondition,
            Optional<RequestKey> key) {}

    private void order(RoutingContext http, Caller caller, Wanted.Write write, Buffer body) {
        var headers = http.request().headers();
        switch (Preconditions.of(
                write.change(), headers.getAll("If-Match"), headers.getAll("If-None-Match"))) {
            case Preconditions.Read.Wrong(var answer) -> Replies.send(http, answer);
            case Preconditions.Read.Ok(var precondition) -> {
                switch (keyed.admit(http, caller.name(), body)) {
                    case KeyedRequests.Admission.Out(var answer) -> Replies.send(http, answer);
                    case KeyedRequests.Admission.In(var key) ->
                            judge(http, new Order(caller, write, precondition, key));
                }
            }
        }
    }

    /// By the newest state there is, unless there is nothing that the caller may not.
    private void judge(RoutingContext http, Order order) {
        if (order.caller().mayAnything()) {
            decide(http, order, List.of());
            return;
        }
        here(barrier.pass())
                .onSuccess(_ ->
                        vertx.executeBlocking(() -> verdict(order), false)
                                .onSuccess(verdict -> follow(http, order, verdict))
                                .onFailure(http::fail))
                .onFailure(problem -> Replies.send(http, Failures.unavailable(why(problem))));
    }

    private Verdict verdict(Order order) {
        var write = order.write();
        return follower.read(
                        image -> Judge.of(order.caller(), write.change(), write.force(), image))
                .value();
    }

    private void follow(RoutingContext http, Order order, Verdict verdict) {
        switch (verdict) {
            case Verdict.Allowed(var basis) -> decide(http, order, basis);
            case Verdict.Denied(var lacks) -> {
                http.put(Refusals.LACKS, lacks);
                Replies.send(http, Failures.forbidden(lacks));
            }
            case Verdict.Absent(var message) -> Replies.send(http, Failures.notFound(message));
        }
    }

    private static Wanted wanted(Route.Action.Write route, ApiRequest request, Buffer body) {
        return route.json()
                ? withBody(request, body, route.command()::of, Wanted.Refused::new)
                : route.command().of(request);
    }

    private static <T> T withBody(
            ApiRequest request,
            Buffer body,
            Function<ApiRequest, T> next,
            Function<Answer, T> refused) {
        var bytes = body == null ? new byte[0] : body.getBytes();
        return switch (JsonText.parse(bytes)) {
            case JsonText.Tree(var json) -> next.apply(request.withBody(json));
            case JsonText.Malformed(var message) -> refused.apply(Failures.unparsable(message));
            case JsonText.Empty() -> refused.apply(Failures.noBody());
        };
    }

    private void decide(RoutingContext http, Order order, List<WantedChange.Basis> basis) {
        http.put(Refusals.DECIDED, true);
        var request = http.request();
        var write = order.write();
        var wanted =
                new WantedChange(
                                UUID.randomUUID().toString(),
                                Refusals.actor(request, Optional.of(order.caller())),
                                reason(request),
                                traceparent(request),
                                request.uri(),
                                write.force(),
                                write.change())
                        .on(basis)
                        .when(order.precondition())
                        .as(order.key());
        here(writer.write(wanted, applied -> decided(applied, write)))
                .onSuccess(decided -> {
                    switch (decided) {
                        case Told told -> tell(http, told);
                        case Repeated repeated -> repeat(http, repeated, write);
                    }
                })
                .onFailure(http::fail);
    }

    private static Decided decided(Applied applied, Wanted.Write write) {
        long sequence = applied.entry().sequence();
        return Outcome.repeated(applied.entry())
                .<Decided>map(first -> new Repeated(sequence, first))
                .orElseGet(() ->
                        new Told(sequence, Replies.encode(Outcome.of(applied, write.success()))));
    }

    /// Answers as when the change was decided, from the entry of then.
    private void repeat(RoutingContext http, Repeated repeated, Wanted.Write write) {
        searches.executeBlocking(() -> first(repeated, write), false)
                .onSuccess(told -> tell(http, told))
                .onFailure(problem -> fail(http, problem));
    }

    private Told first(Repeated repeated, Wanted.Write write) throws Damaged {
        var walk = journal.apply(repeated.first());
        var entry = walk.hasGap() ? Optional.<JournalEntry>empty() : walk.next();
        var answer =
                entry.map(first -> again(first, write))
                        .orElseGet(() -> Failures.answerForgotten(repeated.first()));
        return new Told(repeated.sequence(), Replies.encode(answer));
    }

    private Answer again(JournalEntry first, Wanted.Write write) {
        var applied = follower.read(image -> Applied.again(first, image)).value();
        return Outcome.of(applied, write.success()).with("Idempotent-Replayed", "true");
    }

    private static Optional<String> reason(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader("X-Ekiden-Reason"))
                .map(text -> text.substring(0, Math.min(text.length(), MAX_REASON)));
    }

    private static Optional<String> traceparent(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader("traceparent"))
                .filter(text -> TRACE.matcher(text).matches());
    }

    /// Back on the event loop of the request.
    private <T> Future<T> here(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, vertx.getOrCreateContext())
                .recover(problem ->
                        Future.failedFuture(
                                problem instanceof CompletionException
                                        ? problem.getCause()
                                        : problem));
    }
}
