package io.ekiden.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/// Takes a chunked body (RFC 9112 section 7.1) apart, in whatever pieces it comes. What chunks are
/// called beyond their size is forgotten; of the trailers those pass that say nothing of framing.
public final class Chunks {
    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_LINE_BYTES = 16 << 10;

    /// How far it has come.
    public enum State {
        SIZE,
        EXTENSION,
        SIZE_END,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        ENDED,
        MALFORMED
    }

    private final ByteArrayOutputStream trailers = new ByteArrayOutputStream(0);
    private State state = State.SIZE;
    private long left;
    private int digits;
    private int lineBytes;

    /// Takes what there is, up to the end of the body and not beyond it.
    ///
    /// @param data is given each piece of data, to release
    /// @return the state after it
    public State read(ByteBuf in, Consumer<ByteBuf> data) {
        while (in.isReadable() && state != State.ENDED && state != State.MALFORMED) {
            if (state == State.DATA) {
                int length = (int) Math.min(left, in.readableBytes());
                data.accept(in.readRetainedSlice(length));
                left -= length;
                if (left == 0) {
                    state = State.DATA_CR;
                }
            } else {
                state = next(in.readByte());
            }
        }
        return state;
    }

    private State next(byte b) {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_END -> {
                lineBytes = 0;
                digits = 0;
                yield b != '\n' ? State.MALFORMED : left == 0 ? State.TRAILERS : State.DATA;
            }
            case DATA_CR -> b == '\r' ? State.DATA_LF : State.MALFORMED;
            case DATA_LF -> b == '\n' ? State.SIZE : State.MALFORMED;
            case TRAILERS -> trailer(b);
            case DATA, ENDED, MALFORMED -> throw new IllegalStateException(state.name());
        };
    }

    private State size(byte b) {
        int digit = Ascii.hex(b);
        if (digit >= 0 && digits < MAX_SIZE_DIGITS) {
            left = digits == 0 ? digit : left * 16 + digit;
            digits++;
            return State.SIZE;
        }
        if (digits == 0 || digit >= 0) {
            return State.MALFORMED;
        }
        return switch (b) {
            case '\r' -> State.SIZE_END;
            case ';' -> State.EXTENSION;
            default -> State.MALFORMED;
        };
    }

    private State extension(byte b) {
        if (b == '\r') {
            return State.SIZE_END;
        }
        lineBytes++;
        return Ascii.isText(b) && lineBytes < MAX_LINE_BYTES ? State.EXTENSION : State.MALFORMED;
    }

    private State trailer(byte b) {
        trailers.write(b);
        lineBytes++;
        if (trailers.size() > MAX_LINE_BYTES) {
            return State.MALFORMED;
        }
        if (b != '\n') {
            return State.TRAILERS;
        }
        boolean empty = lineBytes == 2;
        lineBytes = 0;
        if (!empty) {
            return State.TRAILERS;
        }
        var bytes = trailers.toByteArray();
        return new FieldLines().read(bytes, 0, bytes.length, false) == bytes.length
                ? State.ENDED
                : State.MALFORMED;
    }

    /// Writes the trailers that pass, once it has [State#ENDED].
    public void writeTrailers(ByteBuf out) {
        if (trailers.size() > 2) {
            var bytes = trailers.toByteArray();
            var fields = new FieldLines();
            fields.read(bytes, 0, bytes.length, false);
            fields.write(out, (name, _) -> !name.isOfFraming());
        }
    }
}
