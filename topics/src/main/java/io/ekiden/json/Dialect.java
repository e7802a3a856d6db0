package io.ekiden.json;

/// What of Marathon's forms a reader of definitions knows. The planner refused what it did not know
/// yet, and when an entry of that time is decided again, it has to refuse the same in the same
/// words.
public enum Dialect {
    /// Of before networks had names.
    NAMELESS_NETWORKS,
    LATEST;

    boolean namesNetworks() {
        return compareTo(LATEST) >= 0;
    }
}
