package io.ekiden.agent.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A path in a sandbox as a client names it: segments that lead down, and nowhere else. No segments
/// are the sandbox itself.
record SandboxPath(List<String> segments) {
    private static final int MAX_LENGTH = 4096;

    SandboxPath {
        segments = List.copyOf(segments);
    }

    /// Empty for what is not such a path: absolute, with `.` or `..`, with a NUL. A slash at the
    /// end is allowed.
    static Optional<SandboxPath> parse(String text) {
        var path =
                text.endsWith("/") && text.length() > 1
                        ? text.substring(0, text.length() - 1)
                        : text;
        if (path.isEmpty()) {
            return Optional.of(new SandboxPath(List.of()));
        }
        if (path.length() > MAX_LENGTH || path.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        var segments = List.of(path.split("/", -1));
        return segments.stream().allMatch(SandboxPath::leadsDown)
                ? Optional.of(new SandboxPath(segments))
                : Optional.empty();
    }

    private static boolean leadsDown(String segment) {
        return !segment.isEmpty() && !segment.equals(".") && !segment.equals("..");
    }

    /// The first `n` segments.
    String head(int n) {
        return String.join("/", segments.subList(0, n));
    }

    String text() {
        return head(segments.size());
    }

    String name() {
        return segments.isEmpty() ? "" : segments.getLast();
    }

    SandboxPath child(String name) {
        var longer = new ArrayList<>(segments);
        longer.add(name);
        return new SandboxPath(longer);
    }
}
