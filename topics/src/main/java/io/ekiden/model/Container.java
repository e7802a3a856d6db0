package io.ekiden.model;

import java.util.List;
import java.util.Optional;

/// What an app's tasks run in.
///
/// @param docker the image; there whenever `type` is DOCKER, and for MESOS where the agent runs
///   images without an engine
public record Container(
        Type type, Optional<Docker> docker, Optional<LinuxInfo> linuxInfo, List<Volume> volumes) {
    /// The attribute by which an agent says that it runs images without an engine.
    public static final String IMAGES = "images";

    /// An attribute of agents whose tasks can have a terminal without an engine.
    public static final String TERMINALS = "terminals";

    /// An attribute of agents that can keep native tasks from writing to a directory.
    public static final String READ_ONLY = "read-only";

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
    /// @param pullConfig the definition's name of a secret, Docker's `config.json`, which has the
    ///   credentials with which the image is pulled
    public record Docker(
            String image,
            boolean forcePullImage,
            boolean privileged,
            List<Parameter> parameters,
            Optional<String> pullConfig) {
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
        return volumes(Volume.Persistent.class);
    }

    public List<Volume.External> externalVolumes() {
        return volumes(Volume.External.class);
    }

    private <T extends Volume> List<T> volumes(Class<T> kind) {
        return volumes.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
