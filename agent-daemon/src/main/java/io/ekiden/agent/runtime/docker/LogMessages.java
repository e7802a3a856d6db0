package io.ekiden.agent.runtime.docker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;

/// Takes one stream of an engine's log apart, in whatever pieces it comes. Each message begins with
/// the time and a blank, and ends with its line; a line that is longer than the engine's buffer is
/// several messages (moby, daemon/logger/copier.go).
final class LogMessages {
    static final int ENGINES_BUFFER = 16 << 10;

    private final Listener listener;
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private int blank = -1;

    /// Is told each message.
    interface Listener {
        /// @param at when the engine heard it
        void take(Instant at, byte[] text);
    }

    LogMessages(Listener listener) {
        this.listener = listener;
    }

    void take(byte[] bytes) {
        for (byte b : bytes) {
            unfinished.write(b);
            if (blank < 0) {
                blank = b == ' ' ? unfinished.size() - 1 : -1;
            } else if (b == '\n' || unfinished.size() - blank > ENGINES_BUFFER) {
                end();
            }
        }
    }

    /// Nothing follows any more: what is there is a message.
    void end() {
        if (unfinished.size() > 0) {
            tell(unfinished.toByteArray());
            unfinished.reset();
            blank = -1;
        }
    }

    /// What tells no time is of now.
    private void tell(byte[] message) {
        try {
            int length = Math.max(0, blank);
            var at = Instant.parse(new String(message, 0, length, StandardCharsets.US_ASCII));
            listener.take(at, Arrays.copyOfRange(message, blank + 1, message.length));
        } catch (DateTimeException e) {
            listener.take(Instant.now(), message);
        }
    }
}
