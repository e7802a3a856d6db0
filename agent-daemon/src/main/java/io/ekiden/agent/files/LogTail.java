package io.ekiden.agent.files;

import io.ekiden.agent.files.SandboxReader.OpenFile;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Reads a growing file as far as it goes, again and again. When another file has its name, or it
/// has become shorter, reading begins anew at 0. While nothing that may be read has the name, the
/// file that was open is read on.
final class LogTail implements AutoCloseable {
    static final int PIECE = 64 << 10;

    private final Opening opening;
    private final long from;
    private Optional<OpenFile> file = Optional.empty();
    private boolean begun;
    private long position;

    /// Opens the file that has the name now.
    interface Opening {
        Optional<OpenFile> open() throws IOException;
    }

    /// What a look at the file found.
    sealed interface Seen {
        /// @param end offset behind the last of the bytes
        record Bytes(Buffer bytes, long end) implements Seen {}

        /// Reading begins here: at the offset asked for, or at 0 of a file that was replaced.
        record Begins(long at, Why why) implements Seen {}

        record Nothing() implements Seen {}
    }

    /// Why reading begins somewhere.
    enum Why {
        FIRST,
        ROTATED,
        TRUNCATED
    }

    /// @param from a negative offset counts from the end that the file has at first sight
    LogTail(Opening opening, long from) {
        this.opening = opening;
        this.from = from;
    }

    Seen look() throws IOException {
        if (file.isEmpty()) {
            file = opening.open();
            if (file.isEmpty()) {
                return new Seen.Nothing();
            }
        }
        long size = file.get().channel().size();
        if (!begun) {
            begun = true;
            return begin(size);
        }
        if (size < position) {
            return again(Why.TRUNCATED);
        }
        return size > position ? read() : replaced();
    }

    private Seen begin(long size) {
        // An offset beyond the end is one in a file that is no more.
        if (from > size) {
            return again(Why.TRUNCATED);
        }
        position = from < 0 ? Math.max(0, size + from) : from;
        return new Seen.Begins(position, Why.FIRST);
    }

    private Seen again(Why why) {
        position = 0;
        return new Seen.Begins(0, why);
    }

    private Seen read() throws IOException {
        var bytes = ByteBuffer.allocate(PIECE);
        int read = file.orElseThrow().channel().read(bytes, position);
        if (read <= 0) {
            return new Seen.Nothing();
        }
        position += read;
        return new Seen.Bytes(Buffer.buffer(Arrays.copyOf(bytes.array(), read)), position);
    }

    private Seen replaced() throws IOException {
        var now = opening.open();
        if (now.isEmpty() || now.get().identity().equals(file.orElseThrow().identity())) {
            if (now.isPresent()) {
                now.get().close();
            }
            return new Seen.Nothing();
        }
        file.get().close();
        file = now;
        return again(Why.ROTATED);
    }

    /// Offset behind what was read.
    long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            file.get().close();
        }
    }
}
