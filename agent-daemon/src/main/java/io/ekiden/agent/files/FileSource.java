package io.ekiden.agent.files;

import io.ekiden.agent.files.SandboxReader.OpenFile;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The bytes of a file from one offset up to another, however it grows meanwhile.
final class FileSource implements Source {
    static final int PIECE = 64 << 10;

    private final OpenFile file;
    private final long end;
    private long at;

    FileSource(OpenFile file, long begin, long end) {
        this.file = file;
        this.at = begin;
        this.end = end;
    }

    @Override
    public Step next() throws IOException {
        if (at >= end) {
            return new Step.End();
        }
        var bytes = ByteBuffer.allocate((int) Math.min(PIECE, end - at));
        int read = file.channel().read(bytes, at);
        if (read <= 0) {
            return new Step.Broken();
        }
        at += read;
        return new Step.Piece(Buffer.buffer(Arrays.copyOf(bytes.array(), read)));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
