package io.ekiden.gateway.core;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where an event stands: `<sequence>.<n>`, the same on every gateway and for ever.
///
/// @param sequence of its journal entry
/// @param n its place among the entry's events, from 0
public record EventId(long sequence, int n) implements Comparable<EventId> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})\\.([0-9]{1,9})");

    public static Optional<EventId> parse(String text) {
        var parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(
                        new EventId(
                                Long.parseLong(parts.group(1)), Integer.parseInt(parts.group(2))))
                : Optional.empty();
    }

    @Override
    public int compareTo(EventId other) {
        return sequence != other.sequence
                ? Long.compare(sequence, other.sequence)
                : Integer.compare(n, other.n);
    }

    @Override
    public String toString() {
        return sequence + "." + n;
    }
}
