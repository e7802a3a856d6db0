package io.ekiden.state;

import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whose tasks use each external volume, as far as is known: also a task that is being ended, and
/// one whose agent is silent.
public final class VolumeUsers {
    private final TreeMap<String, TreeMap<InstanceId, User>> users = new TreeMap<>();

    /// @param agentId on which it is used
    /// @param shared whether others may use it at the same time
    public record User(String agentId, boolean shared) {}

    void add(Instance instance) {
        for (var volume : instance.volumesInUse()) {
            var user = new User(instance.placement().orElseThrow().agentId(), volume.shared());
            users.computeIfAbsent(volume.name(), _ -> new TreeMap<>())
                    .merge(instance.id(), user, (one, other) -> one.shared() ? other : one);
        }
    }

    void remove(Instance instance) {
        for (var volume : instance.volumesInUse()) {
            users.computeIfPresent(
                    volume.name(),
                    (_, those) -> {
                        those.remove(instance.id());
                        return those.isEmpty() ? null : those;
                    });
        }
    }

    SortedMap<InstanceId, User> of(String volume) {
        var those = users.get(volume);
        return those == null
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(those);
    }

    void clear() {
        users.clear();
    }
}
