package io.ekiden.log;

import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a caller makes a change depend on (HTTP's `If-Match` and `If-None-Match`): the version of
/// one thing that is there when the change is decided. A version's tag is its time.
///
/// @param match when given, the version's tag must be one of these; [#ANY] stands for all
/// @param noneMatch when given, it must be none of these
public record Precondition(
        Kind kind, PathId id, Optional<List<String>> match, Optional<List<String>> noneMatch) {
    public static final String ANY = "*";

    /// What the id names.
    public enum Kind {
        APP_OR_POD,
        GROUP
    }

    public Precondition {
        match = match.map(List::copyOf);
        noneMatch = noneMatch.map(List::copyOf);
    }

    public static String tag(Instant version) {
        return Timestamps.format(version);
    }

    /// @param version of what is there; empty when nothing is
    public boolean holds(Optional<Instant> version) {
        return match.map(tags -> names(tags, version)).orElse(true)
                && noneMatch.map(tags -> !names(tags, version)).orElse(true);
    }

    private static boolean names(List<String> tags, Optional<Instant> version) {
        return version.map(Precondition::tag)
                .filter(tag -> tags.contains(tag) || tags.contains(ANY))
                .isPresent();
    }
}
