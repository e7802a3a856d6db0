package io.ekiden.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/// Moves bytes from one stream to another no faster than the other takes them, and says each time
/// that something has moved.
final class Pump {
    private Pump() {}

    static void start(ReadStream<Buffer> from, WriteStream<Buffer> to, Runnable moved) {
        from.handler(chunk -> {
            moved.run();
            to.write(chunk);
            if (to.writeQueueFull()) {
                from.pause();
            }
        });
        to.drainHandler(_ -> {
            moved.run();
            from.resume();
        });
    }
}
