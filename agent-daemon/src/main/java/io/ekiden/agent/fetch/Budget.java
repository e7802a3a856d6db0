package io.ekiden.agent.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// How much more an artifact may take.
final class Budget {
    private static final int PIECE = 64 << 10;

    private long bytes;
    private int entries;

    Budget(long bytes, int entries) {
        this.bytes = bytes;
        this.entries = entries;
    }

    void entry() throws Unfetchable {
        entries--;
        if (entries < 0) {
            throw new Unfetchable("it has too many entries");
        }
    }

    /// All that there is, or none of what goes beyond the budget.
    void copy(InputStream from, OutputStream to) throws IOException {
        var piece = new byte[PIECE];
        for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
            bytes -= read;
            if (bytes < 0) {
                throw new Unfetchable("it is too large");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted");
            }
            to.write(piece, 0, read);
        }
    }
}
