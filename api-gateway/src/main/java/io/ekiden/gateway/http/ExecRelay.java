package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ekiden.exec.ExecFrames;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.TaskPlaces.Place;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes what is said with a command in a task between the client and the task's agent, in frames
/// as they come: neither is read faster than the other takes it, and with one of them the other
/// ends. The client's request is not answered before the agent's is, so that a refusal is an answer
/// of HTTP.
final class ExecRelay {
    private static final Logger LOG = LoggerFactory.getLogger(ExecRelay.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /// Until the agent has begun the command: its engine may be slow.
    private static final Duration BEGIN = Duration.ofSeconds(30);

    private static final short BROKEN = 1011;

    /// Those that no side may send, for they say that nothing was said.
    private static final List<Integer> SAY_NOTHING = List.of(1005, 1006, 1015);

    private final Vertx vertx;
    private final Optional<String> token;
    private final int limit;
    private final Duration heartbeat;
    private final WebSocketClient client;
    private final AtomicInteger open = new AtomicInteger();

    /// @param limit of relays at a time
    /// @param heartbeat so often both sides are asked whether they are there
    ExecRelay(Vertx vertx, Optional<String> token, int limit, Duration heartbeat) {
        this.vertx = vertx;
        this.token = token;
        this.limit = limit;
        this.heartbeat = heartbeat;
        this.client =
                vertx.createWebSocketClient(
                        new WebSocketClientOptions()
                                .setConnectTimeout((int) CONNECT.toMillis())
                                .setMaxConnections(Math.max(1, limit))
                                .setMaxFrameSize(ExecFrames.MAX_MESSAGE)
                                .setMaxMessageSize(ExecFrames.MAX_MESSAGE));
    }

    /// Why a request cannot be one for a command, whatever its task is.
    static Optional<Answer> refusal(HttpServerRequest request) {
        var offered = request.getHeader("Sec-WebSocket-Protocol");
        boolean socket = "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
        boolean speaks =
                offered != null
                        && Arrays.stream(offered.split(",", -1))
                                .map(String::strip)
                                .anyMatch(ExecFrames.PROTOCOL::equals);
        if (!socket || !speaks) {
            return Optional.of(Failures.noExecProtocol(ExecFrames.PROTOCOL));
        }
        return request.params().contains("command")
                ? Optional.empty()
                : Optional.of(Failures.noCommand());
    }

    /// @param http whose request is paused
    void relay(RoutingContext http, Place.At at) {
        if (token.isEmpty()) {
            refuse(http, Failures.noAgentToken());
            return;
        }
        if (open.incrementAndGet() > limit) {
            open.decrementAndGet();
            refuse(http, Failures.tooManyRequests(limit));
            return;
        }
        Course.of(http).whenOver(open::decrementAndGet);
        client.connect(options(http, at))
                .onSuccess(agent -> {
                    // What it says waits until the client hears.
                    agent.pause();
                    answer(http, agent);
                })
                .onFailure(problem -> refuse(http, failure(at, problem)));
    }

    static void refuse(RoutingContext http, Answer answer) {
        if (!http.response().closed()) {
            http.request().resume();
            Replies.send(http, answer);
        }
    }

    private WebSocketConnectOptions options(RoutingContext http, Place.At at) {
        var task = URLEncoder.encode(at.taskId().value(), StandardCharsets.UTF_8);
        var address = URI.create(at.address());
        var options = new WebSocketConnectOptions();
        // Of IPv6, without the brackets that it has in a URI.
        options.setHost(address.getHost().replaceAll("[\\[\\]]", "")).setPort(address.getPort());
        options.setURI(
                "/tasks/%s/exec?%s".formatted(task.replace("+", "%20"), http.request().query()));
        options.setTimeout(BEGIN.toMillis());
        options.addSubProtocol(ExecFrames.PROTOCOL);
        options.putHeader("Authorization", "Bearer " + token.orElseThrow());
        return options;
    }

    private static Answer failure(Place.At at, Throwable problem) {
        var agent = "'%s' on %s (%s)".formatted(at.agentId(), at.hostname(), at.address());
        return switch (problem) {
            case UpgradeRejectedException refused when refused.getStatus() == 401 -> {
                LOG.warn("agent={} refuses the gateway's token", agent);
                yield Failures.agentRefusesToken(agent);
            }
            case UpgradeRejectedException refused ->
                    Answer.message(refused.getStatus(), message(refused));
            case ConnectTimeoutException _, TimeoutException _ -> away(504, agent, problem);
            default -> away(502, agent, problem);
        };
    }

    private static Answer away(int status, String agent, Throwable problem) {
        LOG.warn("agent={} exec=not-begun why={}", agent, problem.toString());
        return Failures.agentUnreachable(status, agent, String.valueOf(problem.getMessage()));
    }

    private static String message(UpgradeRejectedException refused) {
        try {
            var body = refused.getBody();
            return JSON.readTree(body == null ? new byte[0] : body.getBytes())
                    .path("message")
                    .asText(refused.getMessage());
        } catch (IOException e) {
            return refused.getMessage();
        }
    }

    private void answer(RoutingContext http, WebSocket agent) {
        if (http.response().closed()) {
            var _ = agent.close();
            Course.of(http).over();
            return;
        }
        http.request()
                .toWebSocket()
                .onSuccess(user -> {
                    Idle.allow(http.request().connection());
                    Course.of(http).answered();
                    join(http, user, agent);
                })
                .onFailure(problem -> {
                    LOG.debug("exec=not-answered why={}", problem.toString());
                    var _ = agent.close();
                    Course.of(http).over();
                });
    }

    private void join(RoutingContext http, WebSocketBase user, WebSocketBase agent) {
        long beats =
                vertx.setPeriodic(
                        heartbeat.toMillis(),
                        _ -> {
                            beat(user);
                            beat(agent);
                        });
        pass(agent, user, () -> {});
        pass(
                user,
                agent,
                () -> {
                    vertx.cancelTimer(beats);
                    Course.of(http).over();
                });
        agent.resume();
    }

    private static void beat(WebSocketBase socket) {
        if (!socket.isClosed() && !socket.writeQueueFull()) {
            var _ = socket.writePing(Buffer.buffer());
        }
    }

    private static void pass(WebSocketBase from, WebSocketBase to, Runnable over) {
        from.exceptionHandler(problem -> LOG.debug("exec=broken why={}", problem.toString()));
        to.drainHandler(_ -> from.resume());
        from.frameHandler(frame -> pass(frame, from, to));
        from.closeHandler(_ -> {
            over.run();
            close(from, to);
        });
    }

    private static void pass(WebSocketFrame frame, WebSocketBase from, WebSocketBase to) {
        boolean content = frame.isBinary() || frame.isText() || frame.isContinuation();
        if (content && !to.isClosed()) {
            var _ = to.writeFrame(frame);
            if (to.writeQueueFull()) {
                from.pause();
            }
        }
    }

    private static void close(WebSocketBase from, WebSocketBase to) {
        if (to.isClosed()) {
            return;
        }
        var code = from.closeStatusCode();
        boolean said = code != null && !SAY_NOTHING.contains(code.intValue());
        var _ = said ? to.close(code, from.closeReason()) : to.close(BROKEN, "broken off");
        // Else it could not be heard of its end.
        to.resume();
    }
}
