package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Accept;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.TaskPlaces.Place;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes reads of a task's files and logs to its agent, and what the agent answers to the client:
/// no faster than he reads, and not after he has gone.
final class AgentRelay {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRelay.class);
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /// Until the agent's answer begins; a log's begins at once.
    private static final Duration FIRST_BYTE = Duration.ofSeconds(10);

    private static final List<String> ASKED = List.of("Accept", "Range", "Last-Event-ID");
    private static final List<String> ANSWERED =
            List.of(
                    "Content-Type",
                    "Content-Length",
                    "Content-Disposition",
                    "Content-Range",
                    "Accept-Ranges",
                    "X-Ekiden-Incomplete");

    private final Vertx vertx;
    private final Optional<String> token;
    private final int limit;
    private final HttpClient client;
    private final AtomicInteger open = new AtomicInteger();

    /// @param limit of relays at a time
    AgentRelay(Vertx vertx, Optional<String> token, int limit) {
        this.vertx = vertx;
        this.token = token;
        this.limit = limit;
        this.client =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setConnectTimeout((int) CONNECT.toMillis())
                                .setKeepAliveTimeout(20),
                        new PoolOptions().setHttp1MaxSize(Math.max(1, limit)));
    }

    /// @param path on the agent, behind the task's own
    void relay(RoutingContext http, Place.At at, String path) {
        if (token.isEmpty()) {
            Replies.send(http, Failures.noAgentToken());
            return;
        }
        if (open.incrementAndGet() > limit) {
            open.decrementAndGet();
            Replies.send(http, Failures.tooManyRequests(limit));
            return;
        }
        http.addEndHandler(_ -> open.decrementAndGet());
        new Relaying(http, at).begin(options(http, at, path));
    }

    private RequestOptions options(RoutingContext http, Place.At at, String path) {
        var task = URLEncoder.encode(at.taskId().value(), StandardCharsets.UTF_8);
        var query = http.request().query();
        var options =
                new RequestOptions()
                        .setMethod(http.request().method())
                        .setAbsoluteURI(
                                "%s/tasks/%s/%s%s"
                                        .formatted(
                                                at.address(),
                                                task.replace("+", "%20"),
                                                path,
                                                query == null ? "" : "?" + query))
                        .putHeader("Authorization", "Bearer " + token.orElseThrow());
        for (var name : ASKED) {
            var value = http.request().getHeader(name);
            if (value != null) {
                options.putHeader(name, value);
            }
        }
        return options;
    }

    /// One request on its way. All of it happens on the request's event loop.
    private final class Relaying {
        private final RoutingContext http;
        private final String agent;
        private boolean answered;

        Relaying(RoutingContext http, Place.At at) {
            this.http = http;
            this.agent = "'%s' on %s (%s)".formatted(at.agentId(), at.hostname(), at.address());
        }

        void begin(RequestOptions options) {
            client.request(options).onSuccess(this::ask).onFailure(this::refuse);
        }

        private void ask(HttpClientRequest request) {
            if (http.response().closed()) {
                var _ = request.reset();
                return;
            }
            http.addEndHandler(end -> {
                if (end.failed()) {
                    var _ = request.reset();
                }
            });
            long timer =
                    vertx.setTimer(
                            FIRST_BYTE.toMillis(),
                            _ -> {
                                fail(504, "no answer within " + FIRST_BYTE.toSeconds() + " s");
                                var _ = request.reset();
                            });
            request.send()
                    .onComplete(_ -> vertx.cancelTimer(timer))
                    .onSuccess(this::pass)
                    .onFailure(this::refuse);
        }

        private void pass(HttpClientResponse answer) {
            if (answered) {
                return;
            }
            if (answer.statusCode() == 401) {
                answered = true;
                LOG.warn("agent={} refuses the gateway's token", agent);
                Replies.send(http, Failures.agentRefusesToken(agent));
                var _ = answer.request().reset();
                return;
            }
            answered = true;
            var response = http.response().setStatusCode(answer.statusCode());
            for (var name : ANSWERED) {
                var value = answer.getHeader(name);
                if (value != null) {
                    response.putHeader(name, value);
                }
            }
            var type = answer.getHeader("Content-Type");
            if (type == null || !Accept.of(type).names("application/json")) {
                // Compressed, lines would wait for each other, and lengths would be wrong.
                response.putHeader("Content-Encoding", "identity");
            }
            response.putHeader("Content-Security-Policy", "default-src 'none'");
            if (answer.getHeader("Content-Length") == null) {
                response.setChunked(true);
                keepWhenSilent();
            }
            var _ = response.writeHead();
            answer.pipeTo(response).onFailure(_ -> response.reset());
        }

        /// A log may have nothing to say for longer than the server bears a silent connection; it
        /// is not used for anything else afterwards.
        private void keepWhenSilent() {
            http.response().putHeader("Connection", "close");
            Idle.allow(http.request().connection());
        }

        private void refuse(Throwable problem) {
            boolean late = problem instanceof ConnectTimeoutException;
            fail(
                    late ? 504 : 502,
                    late ? "no connection within " + CONNECT.toSeconds() + " s" : why(problem));
        }

        private static String why(Throwable problem) {
            return problem.getMessage() == null
                    ? problem.getClass().getSimpleName()
                    : problem.getMessage();
        }

        private void fail(int status, String why) {
            if (!answered && !http.response().closed()) {
                answered = true;
                LOG.warn("agent={} files=unread why={}", agent, why);
                Replies.send(http, Failures.agentUnreachable(status, agent, why));
            }
        }
    }
}
