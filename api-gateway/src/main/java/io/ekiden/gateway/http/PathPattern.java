package io.ekiden.gateway.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The path of a route: literal segments, `{name}` for one segment and, at most once, `{name...}`
/// for one or more: ids are paths themselves. What follows it up to the next slash is the end of
/// the last of them.
record PathPattern(String text, List<String> segments) {
    private static final String GREEDY = "...}";

    static PathPattern of(String text) {
        return new PathPattern(text, split(text));
    }

    /// Without the empty segments: clients send double and trailing slashes.
    static List<String> split(String path) {
        return List.of(path.split("/", -1)).stream().filter(segment -> !segment.isEmpty()).toList();
    }

    /// The values of the variable parts; empty when the path is another.
    Optional<Map<String, String>> match(List<String> path) {
        var values = new HashMap<String, String>();
        int spare = path.size() - segments.size();
        int at = 0;
        for (var segment : segments) {
            int end = at + 1 + (isGreedy(segment) ? spare : 0);
            if (at >= end || end > path.size() || !take(segment, path.subList(at, end), values)) {
                return Optional.empty();
            }
            at = end;
        }
        return at == path.size() ? Optional.of(values) : Optional.empty();
    }

    private static boolean take(String segment, List<String> taken, Map<String, String> values) {
        if (isGreedy(segment)) {
            var text = String.join("/", taken);
            var end = segment.substring(segment.indexOf(GREEDY) + GREEDY.length());
            values.put(
                    segment.substring(1, segment.indexOf(GREEDY)),
                    text.substring(0, Math.max(0, text.length() - end.length())));
            return end.isEmpty() || (text.endsWith(end) && text.length() > end.length());
        }
        if (segment.startsWith("{")) {
            values.put(segment.substring(1, segment.length() - 1), taken.getFirst());
            return true;
        }
        return segment.equals(taken.getFirst());
    }

    private static boolean isGreedy(String segment) {
        return segment.startsWith("{") && segment.contains(GREEDY);
    }
}
