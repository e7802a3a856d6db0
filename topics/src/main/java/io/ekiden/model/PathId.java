package io.ekiden.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The absolute path of an app, pod or group, such as `/shop/web`; `/` is the root group.
///
/// Always normalised: one leading slash, no trailing one, no `.` or `..`, lower case segments. The
/// rules and the texts of the problems are Marathon's (its `PathId`).
public record PathId(String value) implements Comparable<PathId> {
    public static final PathId ROOT = new PathId("/");

    private static final String SEGMENT =
            "^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$";
    private static final Pattern SEGMENT_PATTERN = Pattern.compile("^(?:" + SEGMENT + ")$");
    private static final List<String> RESERVED = List.of("restart", "tasks", "versions", ".", "..");

    /// Resolves `raw` against the root. The result may still break the rules: see [#problem].
    public static PathId of(String raw) {
        return ROOT.resolve(raw);
    }

    /// Resolves a relative id such as `db` or `../db` against this group; an absolute one stands
    /// alone.
    public PathId resolve(String raw) {
        var segments = new ArrayList<String>(raw.startsWith("/") ? List.of() : segments());
        for (var segment : raw.split("/", -1)) {
            switch (segment) {
                case "", "." -> {}
                case ".." -> {
                    if (!segments.isEmpty()) {
                        segments.removeLast();
                    }
                }
                default -> segments.add(segment);
            }
        }
        return new PathId("/" + String.join("/", segments));
    }

    /// What is wrong with this id as an app's, in Marathon's words; empty when nothing is.
    public Optional<String> problem() {
        if (isRoot()) {
            return Optional.of("Path must contain at least one path element");
        }
        for (var segment : segments()) {
            if (!SEGMENT_PATTERN.matcher(segment).matches()) {
                return Optional.of("must fully match regular expression '" + SEGMENT + "'");
            }
        }
        if (RESERVED.contains(segments().getLast())) {
            return Optional.of(
                    "must not end with any of the following reserved keywords: "
                            + String.join(", ", RESERVED));
        }
        return Optional.empty();
    }

    public boolean isRoot() {
        return value.equals("/");
    }

    public List<String> segments() {
        return isRoot() ? List.of() : List.of(value.substring(1).split("/"));
    }

    public PathId parent() {
        int slash = value.lastIndexOf('/');
        return slash <= 0 ? ROOT : new PathId(value.substring(0, slash));
    }

    /// Whether this id is `group` itself or lies below it.
    public boolean isWithin(PathId group) {
        return group.isRoot() || value.equals(group.value) || value.startsWith(group.value + "/");
    }

    /// `/shop/web` as `shop_web`, the form used in instance and task ids.
    public String flat() {
        return value.substring(1).replace('/', '_');
    }

    /// The text's, which keeps its own: ids are looked up all the time.
    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathId id && value.equals(id.value);
    }

    @Override
    public int compareTo(PathId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
