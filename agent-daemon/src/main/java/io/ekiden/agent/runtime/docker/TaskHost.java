package io.ekiden.agent.runtime.docker;

import io.ekiden.model.Sorted;
import java.util.List;
import java.util.SortedMap;

/// The machine as the containers of tasks have it.
///
/// @param name at which tasks are reached
/// @param ip on which their ports are published
/// @param privileged whether its operator lets containers have all rights on it
/// @param volumeDrivers of which containers may have volumes
/// @param common variables of every task; those of its own come before them
/// @param nameServers whom containers with a network of their own ask for names, the first first;
///   whom the engine chooses when there is none
public record TaskHost(
        String name,
        String ip,
        boolean privileged,
        VolumeDrivers volumeDrivers,
        SortedMap<String, String> common,
        List<String> nameServers) {
    public TaskHost {
        common = Sorted.copyOf(common);
        nameServers = List.copyOf(nameServers);
    }
}
