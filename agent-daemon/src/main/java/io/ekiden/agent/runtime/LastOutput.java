package io.ekiden.agent.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The last that a task has written: of its errors, or else of its output. Most failures are
/// explained there.
public final class LastOutput {
    static final int MAX_BYTES = 8 << 10;

    private LastOutput() {}

    /// Empty when it wrote nothing, or has put something else in the place of its files.
    public static String of(Path sandbox) {
        for (var name : List.of("stderr", "stdout")) {
            try {
                var text = endOf(sandbox.resolve(name));
                if (!text.isBlank()) {
                    return text.strip();
                }
            } catch (IOException e) {
                // Not there, or not to be read: the other one may be.
            }
        }
        return "";
    }

    private static String endOf(Path file) throws IOException {
        // Anything but a plain file may block whoever opens it.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = channel.size();
            var end = ByteBuffer.allocate((int) Math.min(size, MAX_BYTES));
            long from = size - end.capacity();
            while (end.hasRemaining() && channel.read(end, from + end.position()) >= 0) {
                // Until all of it is there.
            }
            var text = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8);
            // The first line may have lost its beginning.
            int line = from > 0 ? text.indexOf('\n') + 1 : 0;
            return text.substring(line);
        }
    }
}
