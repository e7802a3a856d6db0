package io.ekiden.proxy;

import java.util.ArrayList;
import java.util.List;

/// With what the path of a request begins, as HAProxy's `path_beg` means it: `/api` is the
/// beginning of `/api`, `/api/x` and `/apis` alike.
record PathPrefix(String text, boolean ignoreCase) {
    /// That of every path.
    static final PathPrefix ANY = new PathPrefix("", false);

    private static final int MAX_LENGTH = 1024;

    /// A list of prefixes, separated by blanks; `-i` before them takes small and capital letters as
    /// the same.
    static List<PathPrefix> of(LabelReader labels, String label) {
        var prefixes = new ArrayList<PathPrefix>();
        boolean ignoreCase = false;
        for (var word : labels.text(label).orElse("").split("\\s+", -1)) {
            if (word.equals("-i") && prefixes.isEmpty()) {
                ignoreCase = true;
            } else if (isPath(word)) {
                prefixes.add(new PathPrefix(word, ignoreCase));
            } else {
                labels.fault(label, word, "is not a path such as /shop");
                return List.of();
            }
        }
        return List.copyOf(prefixes);
    }

    /// Whether it can be compared with what a request asks for.
    static boolean isPath(String text) {
        return text.startsWith("/")
                && !text.startsWith("//")
                && text.length() <= MAX_LENGTH
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '?' && c != '#');
    }

    /// @param uri with or without a query: no prefix has a `?`
    boolean matches(String uri) {
        return uri.regionMatches(ignoreCase, 0, text, 0, text.length());
    }

    @Override
    public String toString() {
        return ignoreCase ? text + " (-i)" : text;
    }
}
