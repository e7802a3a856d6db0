package io.ekiden.agent.files;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes a log as server-sent events. The text of one event, its `data:` lines joined by newlines
/// as the specification says, continues that of the one before; its `id` is the offset behind it,
/// where a reader that comes back with it goes on.
///
/// `event: begin` has the offset at which the text begins; with `event: rotated` and `event:
/// truncated` it begins anew at 0; after `event: end` there is nothing more.
final class LogEvents {
    private static final String LINE_ENDS = "\r\n|\r|\n";

    /// No character of UTF-8 is longer.
    private static final int LONGEST = 4;

    private byte[] rest = {};
    private boolean midText;

    static Buffer heartbeat() {
        return Buffer.buffer(":\n\n");
    }

    Buffer begins(long at, LogTail.Why why) {
        rest = new byte[0];
        midText = at > 0;
        return switch (why) {
            case FIRST -> event("begin", at, Long.toString(at));
            case ROTATED -> event("rotated", at, "another file has taken its place");
            case TRUNCATED -> event("truncated", at, "it has become shorter");
        };
    }

    /// A character that is not complete yet waits for its rest; nothing may be left to say.
    Buffer bytes(byte[] bytes, long end) {
        var all = Arrays.copyOf(rest, rest.length + bytes.length);
        System.arraycopy(bytes, 0, all, rest.length, bytes.length);
        int begin = midText ? leadingRest(all) : 0;
        midText = false;
        int complete = Math.max(begin, Utf8.complete(all));
        rest = Arrays.copyOfRange(all, complete, all.length);
        var text = decode(all, begin, complete);
        return text.isEmpty() ? Buffer.buffer() : data("", end - rest.length, text);
    }

    /// Who begins in the middle of a character leaves out its rest.
    private static int leadingRest(byte[] bytes) {
        int at = 0;
        while (at < Math.min(LONGEST - 1, bytes.length) && Utf8.continues(bytes[at])) {
            at++;
        }
        return at;
    }

    /// What never became a character is told too.
    Buffer ends(long at) {
        var left = rest.length == 0 ? Buffer.buffer() : data("", at, decode(rest, 0, rest.length));
        return left.appendBuffer(event("end", at, "the task has ended"));
    }

    private static String decode(byte[] bytes, int begin, int end) {
        return new String(bytes, begin, end - begin, StandardCharsets.UTF_8);
    }

    private static Buffer event(String type, long id, String text) {
        return data("event: " + type + "\n", id, text);
    }

    private static Buffer data(String head, long id, String text) {
        var event = new StringBuilder(head).append("id: ").append(id).append('\n');
        for (var line : text.split(LINE_ENDS, -1)) {
            event.append("data: ").append(line).append('\n');
        }
        return Buffer.buffer(event.append('\n').toString());
    }
}
