package io.ekiden.agent.exec;

import io.ekiden.agent.runtime.Exec;
import io.ekiden.exec.ExecFrames;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One command and the WebSocket through which it is spoken with: neither is read faster than the
/// other side takes it. With either of them, and with the task, the other ends.
final class ExecSession {
    private static final Logger LOG = LoggerFactory.getLogger(ExecSession.class);

    /// Bytes that the command has not heard; a little more may come before it is noticed.
    private static final int MAX_WAITING = 256 << 10;

    /// What is kept of anything said, beside its bytes.
    private static final int KEPT = 64;

    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final short NORMAL = 1000;
    private static final short UNSUPPORTED = 1003;
    private static final short TOO_LARGE = 1009;
    private static final byte[] NOTHING = {};

    private final Vertx vertx;
    private final Context context;
    private final Exec exec;
    private final BooleanSupplier taskEnded;
    private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /// What the client said, which the command hears in this order: a terminal has its size before
    /// anything is typed there.
    private sealed interface Said {
        record Input(Buffer bytes) implements Said {
            @Override
            public int length() {
                return KEPT + bytes.length();
            }
        }

        record Resized(ExecFrames.Size size) implements Said {}

        record EndOfInput() implements Said {}

        /// Bytes for which it counts while it waits.
        default int length() {
            return KEPT;
        }
    }

    /// @param context of the request, on which all of the WebSocket happens
    ExecSession(Vertx vertx, Context context, Exec exec, BooleanSupplier taskEnded) {
        this.vertx = vertx;
        this.context = context;
        this.exec = exec;
        this.taskEnded = taskEnded;
    }

    /// Until both have ended. Blocks.
    void run(HttpServerRequest request) {
        try {
            var opened = new CompletableFuture<ServerWebSocket>();
            context.runOnContext(_ -> open(request, opened));
            serve(opened.get());
        } catch (ExecutionException e) {
            LOG.debug("exec=not-connected why={}", e.getCause().toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void open(HttpServerRequest request, CompletableFuture<ServerWebSocket> opened) {
        if (request.response().closed()) {
            opened.completeExceptionally(new IOException("the client has gone"));
            return;
        }
        request.toWebSocket()
                .onSuccess(socket -> {
                    keepWhenSilent(request);
                    receive(socket);
                    opened.complete(socket);
                })
                .onFailure(opened::completeExceptionally);
    }

    /// A shell may have nothing to say for as long as it likes.
    private static void keepWhenSilent(HttpServerRequest request) {
        if (request.connection() instanceof ConnectionBase base
                && base.channelHandlerContext().pipeline().get("idle") != null) {
            base.channelHandlerContext().pipeline().remove("idle");
        }
    }

    private void receive(ServerWebSocket socket) {
        socket.binaryMessageHandler(message -> received(socket, message.getBytes()));
        socket.textMessageHandler(_ -> socket.close(UNSUPPORTED, "messages are binary"));
        socket.exceptionHandler(problem -> {
            LOG.debug("exec=broken why={}", problem.toString());
            // Such as a message that is too large, which by itself would only be passed over.
            if (!socket.isClosed()) {
                var _ =
                        socket.close(
                                TOO_LARGE, "at most %d bytes".formatted(ExecFrames.MAX_MESSAGE));
            }
        });
        long beats = vertx.setPeriodic(BEAT.toMillis(), _ -> socket.writePing(Buffer.buffer()));
        long looks =
                vertx.setPeriodic(
                        LOOK.toMillis(),
                        _ -> {
                            if (taskEnded.getAsBoolean()) {
                                endAside();
                            }
                        });
        socket.closeHandler(_ -> {
            vertx.cancelTimer(beats);
            vertx.cancelTimer(looks);
            endAside();
        });
    }

    private void endAside() {
        var _ = Thread.ofPlatform().name("exec-end").daemon().start(exec::close);
    }

    private void received(ServerWebSocket socket, byte[] message) {
        if (message.length == 0) {
            return;
        }
        var content = Arrays.copyOfRange(message, 1, message.length);
        switch (Byte.toUnsignedInt(message[0])) {
            case ExecFrames.STDIN -> {
                if (content.length > 0) {
                    keep(socket, new Said.Input(Buffer.buffer(content)));
                }
            }
            case ExecFrames.RESIZE ->
                    ExecFrames.size(content)
                            .ifPresent(size -> keep(socket, new Said.Resized(size)));
            case ExecFrames.CLOSE -> {
                if (content.length == 1 && content[0] == ExecFrames.STDIN) {
                    keep(socket, new Said.EndOfInput());
                }
            }
            // Others are not the client's to speak on.
            default -> LOG.debug("exec=passed-over channel={}", message[0]);
        }
    }

    private void keep(ServerWebSocket socket, Said one) {
        said.add(one);
        if (waiting.addAndGet(one.length()) > MAX_WAITING) {
            socket.pause();
        }
    }

    private void serve(ServerWebSocket socket) throws InterruptedException {
        var feeder = Thread.ofPlatform().name("exec-input").daemon().start(() -> feed(socket));
        try {
            // Kubernetes' clients take the first message for a sign that it has begun.
            send(socket, ExecFrames.message(ExecFrames.STDOUT, NOTHING));
            int exitCode =
                    exec.run((error, bytes, length) ->
                            send(
                                    socket,
                                    ExecFrames.message(
                                            error ? ExecFrames.STDERR : ExecFrames.STDOUT,
                                            bytes,
                                            length)));
            send(socket, ExecFrames.exited(exitCode));
        } catch (IOException e) {
            LOG.debug("exec=broken why={}", e.toString());
            context.runOnContext(_ ->
                    socket.writeBinaryMessage(
                            Buffer.buffer(ExecFrames.failed(String.valueOf(e.getMessage())))));
        } finally {
            feeder.interrupt();
            context.runOnContext(_ -> socket.close(NORMAL));
        }
    }

    /// Waits until it is on its way.
    private static void send(ServerWebSocket socket, byte[] message) throws IOException {
        try {
            socket.writeBinaryMessage(Buffer.buffer(message))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private void feed(ServerWebSocket socket) {
        try {
            while (true) {
                var next = said.take();
                switch (next) {
                    case Said.Input(var bytes) -> input(bytes.getBytes());
                    case Said.Resized(var size) -> exec.resize(size.columns(), size.rows());
                    case Said.EndOfInput() -> exec.endInput();
                }
                int before = waiting.getAndAdd(-next.length());
                if (before > MAX_WAITING && before - next.length() <= MAX_WAITING) {
                    context.runOnContext(_ -> socket.resume());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// As with a pipe whose reader has gone, what is not taken any more is for nobody.
    private void input(byte[] bytes) {
        try {
            exec.input(bytes);
        } catch (IOException e) {
            LOG.debug("exec=reads-no-more why={}", e.toString());
        }
    }
}
