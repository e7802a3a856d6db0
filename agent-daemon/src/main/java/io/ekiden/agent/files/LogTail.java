package io.ekiden.agent.files;

import io.ekiden.agent.files.SandboxReader.OpenFile;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Reads a growing file as far as it goes, again and again. When another file has its name, or it
/// has become shorter, reading begins anew at 0; of what was rotated away the rest is read first.
/// While nothing that may be read has the name, the file that was open is read on.
final class LogTail implements AutoCloseable {
    static final int PIECE = 64 << 10;

    private final Opening opening;
    private final Opening earlier;
    private final long from;
    private Optional<OpenFile> file = Optional.empty();

    /// To which the file was rotated last.
    private Optional<Object> rotatedTo = Optional.empty();

    /// What was rotated away, while some of it is still to be read.
    private Optional<OpenFile> rest = Optional.empty();

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

    /// @param earlier opens what the file was copied to when it was emptied
    /// @param from a negative offset counts from the end that the file has at first sight
    LogTail(Opening opening, Opening earlier, long from) {
        this.opening = opening;
        this.earlier = earlier;
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
            var _ = emptied();
            begun = true;
            return begin(size);
        }
        if (rest.isPresent()) {
            return readRest();
        }
        if (size < position) {
            return emptied() ? readRest() : again(Why.TRUNCATED);
        }
        return size > position ? read(file.get()) : replaced();
    }

    private Seen begin(long size) {
        // An offset beyond the end is one in a file that is no more.
        if (from > size) {
            return again(Why.TRUNCATED);
        }
        position = from < 0 ? Math.max(0, size + from) : from;
        return new Seen.Begins(position, Why.FIRST);
    }

    /// Whether it was rotated since this was asked last: then the rest can be read.
    private boolean emptied() throws IOException {
        var now = earlier.open();
        var identity = now.map(OpenFile::identity);
        boolean rotated = begun && now.isPresent() && !identity.equals(rotatedTo);
        rotatedTo = identity;
        rest = now;
        if (!rotated) {
            closeRest();
        }
        return rotated;
    }

    private Seen readRest() throws IOException {
        var seen = read(rest.orElseThrow());
        if (seen instanceof Seen.Bytes) {
            return seen;
        }
        closeRest();
        return again(Why.ROTATED);
    }

    private void closeRest() throws IOException {
        if (rest.isPresent()) {
            rest.get().close();
            rest = Optional.empty();
        }
    }

    private Seen again(Why why) {
        position = 0;
        return new Seen.Begins(0, why);
    }

    private Seen read(OpenFile from) throws IOException {
        var bytes = ByteBuffer.allocate(PIECE);
        int read = from.channel().read(bytes, position);
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
        // Where the old one may be by now.
        var _ = emptied();
        closeRest();
        return again(Why.ROTATED);
    }

    /// Offset behind what was read.
    long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        closeRest();
        if (file.isPresent()) {
            file.get().close();
        }
    }
}
