package io.ekiden.agent.files;

import io.ekiden.agent.files.Source.Step;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a source to a client no faster than he reads, and closes it when it is sent or he has
/// gone. The source is asked on a worker; all else happens on the request's event loop.
final class Sending {
    private static final Logger LOG = LoggerFactory.getLogger(Sending.class);

    /// How soon a log that has stood still is looked at again.
    private static final Duration LOOK = Duration.ofMillis(200);

    /// More often than those on the way give up a silent connection.
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final WorkerExecutor disk;
    private final HttpServerResponse response;
    private final Source source;
    private final Runnable done;
    private final Optional<Long> heartbeat;
    private boolean asking;
    private boolean waiting;
    private boolean over;
    private boolean closed;

    private Sending(
            Vertx vertx,
            WorkerExecutor disk,
            HttpServerResponse response,
            Source source,
            Optional<Buffer> signOfLife,
            Runnable done) {
        this.vertx = vertx;
        this.disk = disk;
        this.response = response;
        this.source = source;
        this.done = done;
        this.heartbeat =
                signOfLife.map(sign -> vertx.setPeriodic(HEARTBEAT.toMillis(), _ -> beat(sign)));
    }

    /// @param signOfLife what to send now and then so that the connection is kept
    /// @param done is called once, when the source is closed
    static void begin(
            Vertx vertx,
            WorkerExecutor disk,
            HttpServerResponse response,
            Source source,
            Optional<Buffer> signOfLife,
            Runnable done) {
        var sending = new Sending(vertx, disk, response, source, signOfLife, done);
        response.exceptionHandler(_ -> sending.stop());
        response.closeHandler(_ -> sending.stop());
        response.drainHandler(_ -> sending.ask());
        if (response.closed()) {
            sending.stop();
            return;
        }
        // The client learns at once that all is well, however long the first line takes.
        var _ = response.writeHead();
        sending.ask();
    }

    private void beat(Buffer sign) {
        if (!over && !response.writeQueueFull()) {
            var _ = response.write(sign);
        }
    }

    private void ask() {
        if (asking || waiting || over || response.writeQueueFull()) {
            return;
        }
        asking = true;
        disk.executeBlocking(source::next, false)
                .onComplete(step -> {
                    asking = false;
                    if (over) {
                        close();
                    } else if (step.succeeded()) {
                        take(step.result());
                    } else {
                        LOG.warn("sandbox file cannot be read why={}", step.cause().toString());
                        breakOff();
                    }
                });
    }

    private void take(Step step) {
        switch (step) {
            case Step.Piece(var bytes) -> {
                if (bytes.length() > 0) {
                    var _ = response.write(bytes);
                }
                ask();
            }
            case Step.Later() -> await();
            case Step.End() -> {
                var _ = response.end();
                stop();
            }
            case Step.Broken() -> breakOff();
        }
    }

    private void await() {
        waiting = true;
        vertx.setTimer(
                LOOK.toMillis(),
                _ -> {
                    waiting = false;
                    ask();
                });
    }

    private void breakOff() {
        var _ = response.reset();
        stop();
    }

    private void stop() {
        over = true;
        heartbeat.ifPresent(vertx::cancelTimer);
        if (!asking) {
            close();
        }
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        done.run();
        try {
            source.close();
        } catch (IOException e) {
            LOG.debug("sandbox file not closed why={}", e.toString());
        }
    }
}
