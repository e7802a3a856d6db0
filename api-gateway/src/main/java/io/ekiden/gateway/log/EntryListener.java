package io.ekiden.gateway.log;

import io.ekiden.gateway.core.Applied;

/// Is told of the journal's entries, in their order, on the follower's thread: it must not block.
public interface EntryListener {
    /// An entry was applied.
    void applied(Applied applied);

    /// An entry went by that the image had already when it was read from `cluster-state`; the image
    /// may be ahead of it.
    default void known(Applied applied) {}

    /// The image was read anew: entries in between may have been passed over.
    default void restarted() {}
}
