package io.ekiden.model;

import java.util.SortedMap;

/// A network with a name, which operators have made in the container engines of their agents. A
/// task on it is reached at an address of its own, and at the host ports that its port mappings
/// name.
///
/// @param labels only told: an engine has no use for them
public record ContainerNetwork(String name, SortedMap<String, String> labels) {
    public ContainerNetwork {
        labels = Sorted.copyOf(labels);
    }
}
