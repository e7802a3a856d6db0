package io.ekiden.agent.files;

import java.util.Optional;
import java.util.regex.Pattern;

/// The part of a file that a `Range` header asks for (RFC 9110, 14.2); several parts at once are
/// not offered, so all is given then.
///
/// @param end offset behind the last byte
record ByteRange(long begin, long end) {
    private static final Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    /// The outcome of reading a header.
    sealed interface Parsed {
        record All() implements Parsed {}

        record Part(ByteRange range) implements Parsed {}

        record Unsatisfiable() implements Parsed {}
    }

    static Parsed parse(Optional<String> header, long size) {
        var matcher = FORM.matcher(header.map(String::strip).orElse(""));
        if (!matcher.matches() || (matcher.group(1) + matcher.group(2)).isEmpty()) {
            return new Parsed.All();
        }
        if (matcher.group(1).isEmpty()) {
            long last = Math.min(size, Long.parseLong(matcher.group(2)));
            return part(size - last, size, size);
        }
        long begin = Long.parseLong(matcher.group(1));
        long end =
                matcher.group(2).isEmpty()
                        ? size
                        : Math.min(size, Long.parseLong(matcher.group(2)) + 1);
        return part(begin, end, size);
    }

    private static Parsed part(long begin, long end, long size) {
        return begin < end && begin < size
                ? new Parsed.Part(new ByteRange(begin, end))
                : new Parsed.Unsatisfiable();
    }
}
