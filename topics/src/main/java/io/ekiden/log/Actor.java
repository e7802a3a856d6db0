package io.ekiden.log;

import java.util.Optional;

/// Who caused a journal entry.
///
/// @param name a user's name, an agent's or proxy's id, or `planner`
/// @param address from which a user called
public record Actor(Kind kind, String name, Optional<String> address) {
    /// What kind of party it is.
    public enum Kind {
        USER,
        AGENT,
        PROXY,
        SYSTEM
    }

    public static final Actor PLANNER = new Actor(Kind.SYSTEM, "planner", Optional.empty());
}
