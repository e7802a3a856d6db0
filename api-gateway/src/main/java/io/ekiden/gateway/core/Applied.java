package io.ekiden.gateway.core;

import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import io.ekiden.state.ClusterImage;
import java.util.Set;

/// A journal entry that has just been replayed.
///
/// @param image as it is after the entry; only to be looked at while the caller waits
/// @param created apps that the entry put and that were not there before
public record Applied(JournalEntry entry, ClusterImage image, Set<PathId> created) {
    public Applied {
        created = Set.copyOf(created);
    }
}
