package io.ekiden.agent.runtime.docker;

import io.ekiden.model.Sorted;
import java.util.SortedMap;

/// The machine as the containers of tasks have it.
///
/// @param name at which tasks are reached
/// @param ip on which their ports are published
/// @param privileged whether its operator lets containers have all rights on it
/// @param common variables of every task; those of its own come before them
public record TaskHost(
        String name, String ip, boolean privileged, SortedMap<String, String> common) {
    public TaskHost {
        common = Sorted.copyOf(common);
    }
}
