package io.ekiden.agent.secrets;

import io.ekiden.model.Sorted;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;

/// The secrets of one process or container.
///
/// @param env values by variables; for its environment and nothing else
/// @param files with a value each, by the paths at which the task is to find them
/// @param pullConfig for the registry of its image
public record Brought(
        SortedMap<String, String> env,
        SortedMap<String, Path> files,
        Optional<PullConfig> pullConfig) {
    public static final Brought NOTHING =
            new Brought(
                    Collections.emptySortedMap(), Collections.emptySortedMap(), Optional.empty());

    public Brought {
        env = Sorted.copyOf(env);
        files = Sorted.copyOf(files);
    }

    /// Never a value.
    @Override
    public String toString() {
        return "Brought[env=%s, files=%s, pullConfig=%s]"
                .formatted(env.keySet(), files, pullConfig);
    }
}
