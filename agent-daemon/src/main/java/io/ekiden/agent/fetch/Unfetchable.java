package io.ekiden.agent.fetch;

import java.io.IOException;

/// An artifact is not what may be brought into a sandbox; the message says why, for people.
final class Unfetchable extends IOException {
    private static final long serialVersionUID = 1;

    Unfetchable(String message) {
        super(message);
    }
}
