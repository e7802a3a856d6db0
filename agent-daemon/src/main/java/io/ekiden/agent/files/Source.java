package io.ekiden.agent.files;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/// What an answer's body is made of, piece by piece. Asked by one thread at a time, but not always
/// the same; may block on the disk.
interface Source extends AutoCloseable {
    Step next() throws IOException;

    @Override
    void close() throws IOException;

    /// What comes next.
    sealed interface Step {
        record Piece(Buffer bytes) implements Step {}

        /// Nothing at the moment.
        record Later() implements Step {}

        record End() implements Step {}

        /// Less than was promised is there: the client must not take what it has for all.
        record Broken() implements Step {}
    }
}
