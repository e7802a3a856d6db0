package io.ekiden.agent.exec;

import io.ekiden.agent.files.Sandboxes;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.exec.ExecFrames;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers requests to run a command in a task: with a WebSocket that speaks [ExecFrames], or with
/// the reason why not.
public final class ExecHandler implements Handler<HttpServerRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ExecHandler.class);

    /// Each has threads of its own.
    static final int MAX_SESSIONS = 64;

    private final Vertx vertx;
    private final Execs execs;
    private final Sandboxes tasks;
    private final AtomicInteger sessions = new AtomicInteger();

    public ExecHandler(Vertx vertx, Execs execs, Sandboxes tasks) {
        this.vertx = vertx;
        this.execs = execs;
        this.tasks = tasks;
    }

    /// Whether a request is for this handler.
    public static boolean isMeant(HttpServerRequest request) {
        return ExecRequest.isMeant(request.path());
    }

    /// Those that are open.
    int sessions() {
        return sessions.get();
    }

    @Override
    public void handle(HttpServerRequest request) {
        Optional<ExecRequest> asked;
        try {
            asked = ExecRequest.parse(request.path(), request.params());
        } catch (IllegalArgumentException e) {
            asked = Optional.empty();
        }
        if (!speaksProtocol(request)) {
            refuse(
                    request,
                    400,
                    "This is a WebSocket that speaks the protocol " + ExecFrames.PROTOCOL);
        } else if (asked.isEmpty()) {
            refuse(request, 400, "A task and at least one command= are needed");
        } else if (sessions.incrementAndGet() > MAX_SESSIONS) {
            sessions.decrementAndGet();
            refuse(
                    request,
                    503,
                    "%d commands run in this agent's tasks already".formatted(MAX_SESSIONS));
        } else {
            request.pause();
            begin(request, asked.get());
        }
    }

    private static boolean speaksProtocol(HttpServerRequest request) {
        var upgrade = request.getHeader("Upgrade");
        var offered = request.getHeader("Sec-WebSocket-Protocol");
        return "websocket".equalsIgnoreCase(upgrade)
                && offered != null
                && Arrays.stream(offered.split(",", -1))
                        .map(String::strip)
                        .anyMatch(ExecFrames.PROTOCOL::equals);
    }

    private static void refuse(HttpServerRequest request, int status, String message) {
        request.resume();
        var _ =
                request.response()
                        .setStatusCode(status)
                        .putHeader("Content-Type", "application/json")
                        .end(JsonObject.of("message", message).toBuffer());
    }

    private void begin(HttpServerRequest request, ExecRequest asked) {
        var context = vertx.getOrCreateContext();
        Thread.ofPlatform()
                .name("exec-" + asked.taskId())
                .daemon()
                .start(() -> {
                    try {
                        var begun = execs.begin(asked.taskId(), asked.container(), asked.wanted());
                        switch (begun) {
                            case Execs.Begun.Done(var exec) -> serve(request, asked, context, exec);
                            case Execs.Begun.Refused(var status, var message) ->
                                    context.runOnContext(_ -> refuse(request, status, message));
                        }
                    } catch (RuntimeException e) {
                        LOG.error("task={} exec=failed", asked.taskId(), e);
                        context.runOnContext(_ -> refuse(request, 500, e.toString()));
                    } finally {
                        sessions.decrementAndGet();
                    }
                });
    }

    /// On this thread until the command has ended.
    private void serve(HttpServerRequest request, ExecRequest asked, Context context, Exec exec) {
        try (exec) {
            var session = new ExecSession(vertx, context, exec, () -> tasks.ended(asked.taskId()));
            LOG.info("task={} exec=begun tty={}", asked.taskId(), asked.wanted().tty());
            session.run(request);
            LOG.info("task={} exec=ended", asked.taskId());
        }
    }
}
