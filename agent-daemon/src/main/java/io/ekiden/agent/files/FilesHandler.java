package io.ekiden.agent.files;

import io.ekiden.agent.exec.ExecHandler;
import io.ekiden.agent.exec.Execs;
import io.ekiden.agent.files.SandboxReader.OpenFile;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.model.TaskId;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the requests of the data plane.
final class FilesHandler implements Handler<HttpServerRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(FilesHandler.class);

    /// More than anyone reads; a folder of millions must not fill the memory.
    static final int MAX_LISTED = 10_000;

    static final int MAX_FOLLOWERS = 256;

    /// Of what tasks use: more than there are people who look.
    static final int MAX_MEASURED = 256;

    /// More than a gateway brings.
    static final int MAX_DELIVERY = 8 << 20;

    private final Vertx vertx;
    private final WorkerExecutor disk;
    private final BearerToken token;
    private final Sandboxes sandboxes;
    private final Usages usages;
    private final ExecHandler exec;
    private final SecretKeeper secrets;
    private final AtomicInteger followers = new AtomicInteger();
    private final AtomicInteger measured = new AtomicInteger();

    FilesHandler(
            Vertx vertx,
            WorkerExecutor disk,
            String token,
            Sandboxes sandboxes,
            Usages usages,
            Execs execs,
            SecretKeeper secrets) {
        this.vertx = vertx;
        this.disk = disk;
        this.token = new BearerToken(token);
        this.sandboxes = sandboxes;
        this.usages = usages;
        this.exec = new ExecHandler(vertx, execs, sandboxes);
        this.secrets = secrets;
    }

    int followers() {
        return followers.get();
    }

    @Override
    public void handle(HttpServerRequest request) {
        var reply = new Reply(request);
        if (!token.isIn(Optional.ofNullable(request.getHeader("Authorization")))) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
            reply.message(401, "This agent asks for the token that its gateways have");
        } else if (isDelivery(request)) {
            FilesRequest.ofSecrets(request.path())
                    .ifPresent(taskId -> deliver(taskId, request, reply));
        } else if (!isRead(request.method())) {
            request.response().putHeader("Allow", "GET, HEAD");
            reply.message(405, "Method Not Allowed");
        } else {
            read(request, reply);
        }
    }

    private void read(HttpServerRequest request, Reply reply) {
        if (ExecHandler.isMeant(request)) {
            exec.handle(request);
        } else {
            answer(request, reply);
        }
    }

    private static boolean isDelivery(HttpServerRequest request) {
        return request.method().equals(HttpMethod.PUT)
                && FilesRequest.ofSecrets(request.path()).isPresent();
    }

    private void deliver(TaskId taskId, HttpServerRequest request, Reply reply) {
        var length = request.getHeader("Content-Length");
        if (length == null || !length.matches("[0-9]{1,8}")) {
            reply.message(411, "How long it is must be said");
        } else if (Integer.parseInt(length) > MAX_DELIVERY) {
            reply.message(413, "At most %d bytes".formatted(MAX_DELIVERY));
        } else {
            request.body()
                    .onSuccess(body ->
                            onDisk(
                                    reply,
                                    () -> secrets.take(taskId, body.getBytes()),
                                    delivery -> told(taskId, delivery, reply)));
        }
    }

    private static void told(TaskId taskId, SecretKeeper.Delivery delivery, Reply reply) {
        switch (delivery) {
            case TAKEN -> reply.message(200, "Taken");
            case UNKNOWN -> reply.message(404, "Task '%s' waits for none".formatted(taskId));
            case UNREADABLE -> reply.message(409, "This agent has another key");
        }
    }

    private static boolean isRead(HttpMethod method) {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    private void answer(HttpServerRequest request, Reply reply) {
        FilesRequest.Parsed parsed;
        try {
            parsed = FilesRequest.parse(request.path(), request.params());
        } catch (IllegalArgumentException e) {
            parsed = new FilesRequest.Parsed.Wrong("Malformed URI");
        }
        switch (parsed) {
            case FilesRequest.Parsed.Nothing() -> reply.message(404, "URI not found");
            case FilesRequest.Parsed.Wrong(var message) -> reply.message(400, message);
            case FilesRequest.Parsed.Ok(var asked) ->
                    sandboxes
                            .find(asked.taskId())
                            .ifPresentOrElse(
                                    sandbox -> answer(asked, sandbox, request, reply),
                                    () -> reply.message(404, noTask(asked.taskId())));
        }
    }

    private static String noTask(TaskId taskId) {
        return "Task '%s' is not on this agent, or its sandbox is kept no more".formatted(taskId);
    }

    private void answer(
            FilesRequest asked, Sandbox sandbox, HttpServerRequest request, Reply reply) {
        switch (asked) {
            case FilesRequest.Browse(var _, var path) -> browse(sandbox, path, reply);
            case FilesRequest.Read read -> read(sandbox, read, reply);
            case FilesRequest.Download(var _, var path) ->
                    withFile(sandbox, path, reply, file -> download(path, file, request, reply));
            case FilesRequest.Log log -> log(sandbox, log, request, reply);
            case FilesRequest.Usage(var taskId) -> usage(taskId, reply);
        }
    }

    /// On a thread of its own: an engine that hangs must not keep others from reading files.
    private void usage(TaskId taskId, Reply reply) {
        if (measured.incrementAndGet() > MAX_MEASURED) {
            measured.decrementAndGet();
            reply.message(503, "This agent measures for %d already".formatted(MAX_MEASURED));
            return;
        }
        var context = vertx.getOrCreateContext();
        Thread.ofVirtual()
                .name("usage-" + taskId)
                .start(() -> {
                    try {
                        var found = usages.of(taskId);
                        context.runOnContext(_ ->
                                found.ifPresentOrElse(
                                        reply::json, () -> reply.message(404, runsNot(taskId))));
                    } catch (RuntimeException e) {
                        LOG.error("task={} could not be measured", taskId, e);
                        context.runOnContext(
                                _ -> reply.message(500, "The task could not be measured: " + e));
                    } finally {
                        measured.decrementAndGet();
                    }
                });
    }

    private static String runsNot(TaskId taskId) {
        return "Task '%s' does not run".formatted(taskId);
    }

    private void browse(Sandbox sandbox, String path, Reply reply) {
        onDisk(
                reply,
                () -> {
                    var at = SandboxPath.parse(path);
                    return at.isEmpty()
                            ? Optional.<SandboxReader.Listing>empty()
                            : SandboxReader.browse(sandbox, at.get(), MAX_LISTED);
                },
                listing -> listing.ifPresentOrElse(reply::listing, () -> reply.noFolder(path)));
    }

    private void read(Sandbox sandbox, FilesRequest.Read read, Reply reply) {
        onDisk(
                reply,
                () -> {
                    var found = open(sandbox, read.path());
                    if (found.isEmpty()) {
                        return Optional.<FileText>empty();
                    }
                    try (var file = found.get()) {
                        return Optional.of(FileText.read(file, read.offset(), read.length()));
                    }
                },
                text -> text.ifPresentOrElse(reply::text, () -> reply.noFile(read.path())));
    }

    private void download(String path, OpenFile file, HttpServerRequest request, Reply reply) {
        var range = Optional.ofNullable(request.getHeader("Range"));
        switch (ByteRange.parse(range, file.size())) {
            case ByteRange.Parsed.Unsatisfiable() -> {
                reply.unsatisfiable(file.size());
                send(new FileSource(file, 0, 0), Optional.empty(), request, () -> {});
            }
            case ByteRange.Parsed.All() -> {
                reply.attachment(path, file.size());
                bytes(file, 0, file.size(), request);
            }
            case ByteRange.Parsed.Part(var part) -> {
                reply.attachment(path, part.end() - part.begin());
                reply.partial(part, file.size());
                bytes(file, part.begin(), part.end(), request);
            }
        }
    }

    private void bytes(OpenFile file, long begin, long end, HttpServerRequest request) {
        send(new FileSource(file, begin, end), Optional.empty(), request, () -> {});
    }

    private void log(
            Sandbox sandbox, FilesRequest.Log log, HttpServerRequest request, Reply reply) {
        if (log.follow()) {
            follow(sandbox, log, request, reply);
            return;
        }
        withFile(
                sandbox,
                log.name(),
                reply,
                file -> {
                    long begin =
                            log.offset() < 0
                                    ? Math.max(0, file.size() + log.offset())
                                    : Math.min(file.size(), log.offset());
                    reply.plainText(Optional.of(file.size() - begin));
                    bytes(file, begin, file.size(), request);
                });
    }

    private void follow(
            Sandbox sandbox, FilesRequest.Log log, HttpServerRequest request, Reply reply) {
        if (followers.incrementAndGet() > MAX_FOLLOWERS) {
            followers.decrementAndGet();
            reply.message(
                    503, "This agent's logs are followed by %d already".formatted(MAX_FOLLOWERS));
            return;
        }
        var events =
                reply.wantsEvents() ? Optional.of(new LogEvents()) : Optional.<LogEvents>empty();
        var tail =
                new LogTail(
                        () -> open(sandbox, log.name()),
                        () -> open(sandbox, log.name() + ".1"),
                        reply.lastEventId().filter(_ -> events.isPresent()).orElse(log.offset()));
        if (events.isPresent()) {
            reply.events();
        } else {
            reply.plainText(Optional.empty());
        }
        send(
                new LogSource(tail, () -> sandboxes.ended(log.taskId()), events),
                events.map(_ -> LogEvents.heartbeat()),
                request,
                followers::decrementAndGet);
    }

    private void send(
            Source source, Optional<Buffer> signOfLife, HttpServerRequest request, Runnable done) {
        if (request.method().equals(HttpMethod.HEAD)) {
            var _ = request.response().end();
            disk.executeBlocking(
                    () -> {
                        source.close();
                        return null;
                    },
                    false);
            done.run();
            return;
        }
        Sending.begin(vertx, disk, request.response(), source, signOfLife, done);
    }

    private static Optional<OpenFile> open(Sandbox sandbox, String path) throws IOException {
        var at = SandboxPath.parse(path);
        return at.isEmpty() ? Optional.empty() : SandboxReader.open(sandbox, at.get());
    }

    private interface Use {
        void of(OpenFile file);
    }

    private void withFile(Sandbox sandbox, String path, Reply reply, Use use) {
        onDisk(
                reply,
                () -> open(sandbox, path),
                found -> found.ifPresentOrElse(use::of, () -> reply.noFile(path)));
    }

    private <T> void onDisk(Reply reply, Callable<T> look, Consumer<T> then) {
        disk.executeBlocking(look, false)
                .onSuccess(then::accept)
                .onFailure(problem -> {
                    LOG.warn(
                            "sandbox cannot be read uri={} why={}",
                            reply.uri(),
                            problem.toString());
                    reply.message(500, "The sandbox cannot be read: " + problem.getMessage());
                });
    }
}
