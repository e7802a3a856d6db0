package io.ekiden.agent.files;

import io.ekiden.agent.files.SandboxReader.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A piece of a file as text, in Mesos' shape.
///
/// @param offset where the text begins; the file's size when there is none
record FileText(String data, long offset) {

    /// At most `length` bytes from an offset on; none for an offset of -1 or beyond the end. A last
    /// character that lacks its rest is left to the next piece.
    static FileText read(OpenFile file, long offset, int length) throws IOException {
        if (offset < 0 || offset >= file.size()) {
            return new FileText("", file.size());
        }
        var bytes = ByteBuffer.allocate((int) Math.min(length, file.size() - offset));
        int n;
        do {
            n = file.channel().read(bytes, offset + bytes.position());
        } while (n > 0 && bytes.hasRemaining());
        var all = Arrays.copyOf(bytes.array(), bytes.position());
        boolean more = offset + all.length < file.size();
        int whole = Utf8.complete(all);
        int end = more && whole > 0 ? whole : all.length;
        return new FileText(new String(all, 0, end, StandardCharsets.UTF_8), offset);
    }
}
