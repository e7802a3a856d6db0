package io.ekiden.agent.files;

import io.ekiden.agent.files.LogTail.Seen;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A log until its task has ended and all of it was told, as plain text or as events.
final class LogSource implements Source {
    private final LogTail tail;
    private final BooleanSupplier complete;
    private final Optional<LogEvents> events;
    private boolean ended;

    /// @param complete whether nothing more will be written
    /// @param events how to write it as events; empty for plain text
    LogSource(LogTail tail, BooleanSupplier complete, Optional<LogEvents> events) {
        this.tail = tail;
        this.complete = complete;
        this.events = events;
    }

    @Override
    public Step next() throws IOException {
        if (ended) {
            return new Step.End();
        }
        // Asked before looking: what was written before the end must not be missed.
        boolean last = complete.getAsBoolean();
        return switch (tail.look()) {
            case Seen.Bytes(var bytes, var end) -> piece(bytes, end);
            case Seen.Begins(var at, var why) -> begins(at, why);
            case Seen.Nothing() -> last ? end() : new Step.Later();
        };
    }

    private Step piece(Buffer bytes, long end) {
        return new Step.Piece(
                events.map(format -> format.bytes(bytes.getBytes(), end)).orElse(bytes));
    }

    private Step begins(long at, LogTail.Why why) {
        return new Step.Piece(
                events.map(format -> format.begins(at, why)).orElseGet(Buffer::buffer));
    }

    private Step end() {
        ended = true;
        return new Step.Piece(
                events.map(format -> format.ends(tail.position())).orElseGet(Buffer::buffer));
    }

    @Override
    public void close() throws IOException {
        tail.close();
    }
}
