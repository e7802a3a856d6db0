package io.ekiden.gateway.core.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What somebody is on a path. Each role may what the one before it may, and more.
public enum Role {
    VIEWER(Action.VIEW),
    DEPLOYER(Action.DEPLOY),
    OPERATOR(Action.OPERATE),
    /// Has every [Capability] too.
    ADMIN(Action.OPERATE);

    private final Action most;

    Role(Action most) {
        this.most = most;
    }

    boolean may(Action action) {
        return action.compareTo(most) <= 0;
    }

    /// As it is written in files and options.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    /// The least role that may.
    static Role least(Action action) {
        return Arrays.stream(values()).filter(role -> role.may(action)).findFirst().orElseThrow();
    }
}
