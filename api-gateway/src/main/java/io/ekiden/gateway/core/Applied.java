package io.ekiden.gateway.core;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import io.ekiden.state.ClusterImage;
import java.util.HashSet;
import java.util.Set;

/// A journal entry that has just been replayed.
///
/// @param image as it is after the entry; only to be looked at while the caller waits
/// @param created apps that the entry put and that were not there before
public record Applied(JournalEntry entry, ClusterImage image, Set<PathId> created) {
    public Applied {
        created = Set.copyOf(created);
    }

    /// An entry of the past, so that its answer can be given again: as its facts say, and what they
    /// leave open of agents, definitions and the tasks that they name, as it is now.
    public static Applied again(JournalEntry entry, ClusterImage now) {
        var image = new ClusterImage();
        now.agents().forEach(image::put);
        now.runSpecs().forEach(image::put);
        var created = new HashSet<PathId>();
        for (var fact : entry.facts()) {
            switch (fact) {
                case Fact.Accepted accepted ->
                        accepted.tasks()
                                .forEach(task -> now.instanceOf(task).ifPresent(image::put));
                case Fact.FormerKept(var former) -> {
                    if (former.spec().isEmpty()) {
                        created.add(former.id());
                    }
                }
                default -> {} // the image takes them all
            }
        }
        entry.facts().forEach(image::replay);
        created.removeIf(id -> image.runSpec(id).isEmpty());
        return new Applied(entry, image, created);
    }
}
