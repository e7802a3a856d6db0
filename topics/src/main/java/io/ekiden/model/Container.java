package io.ekiden.model;

import java.util.List;
import java.util.Optional;

/// What an app's tasks run in.
///
/// @param docker the image; there whenever `type` is DOCKER
public record Container(
        Type type, Optional<Docker> docker, Optional<LinuxInfo> linuxInfo, List<Volume> volumes) {
    /// Marathon's containerizers.
    public enum Type {
        /// A process of the agent's machine, without an engine.
        MESOS,
        /// A container of the agent's Docker engine.
        DOCKER
    }

    /// @param forcePullImage pulled before every launch; else only when the machine has it not
    /// @param privileged whether it has all rights on the machine; only where the agent's operator
    ///   allows that
    public record Docker(
            String image, boolean forcePullImage, boolean privileged, List<Parameter> parameters) {
        public Docker {
            parameters = List.copyOf(parameters);
        }
    }

    /// @param key of a [DockerOption]
    public record Parameter(String key, String value) {}

    public Container {
        volumes = List.copyOf(volumes);
    }

    public List<Volume.Persistent> persistentVolumes() {
        return volumes.stream()
                .filter(Volume.Persistent.class::isInstance)
                .map(Volume.Persistent.class::cast)
                .toList();
    }
}
