package io.ekiden.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// One container of a pod.
///
/// @param name unique in the pod
/// @param command there whenever there is no image, which may have one of its own
/// @param image what it runs in; of a pod all containers have one, or none
/// @param overrideEntrypoint whether arguments are run in place of the image's entry point, not
///   given to it
/// @param resources of the container itself
/// @param resourceLimits what it may take at most, when that is more
/// @param healthCheck its `portIndex` counts this container's endpoints
/// @param check its ports are counted so too
/// @param artifacts what is in the container's sandbox before it starts, in this order
/// @param killGraceSeconds between SIGTERM and SIGKILL; the agent's default when absent
/// @param tty whether its output is a terminal; absent when not
public record PodContainer(
        String name,
        Optional<Command> command,
        Optional<Image> image,
        Optional<Boolean> overrideEntrypoint,
        Resources resources,
        Optional<ResourceLimits> resourceLimits,
        Optional<String> user,
        SortedMap<String, String> environment,
        SortedMap<String, String> labels,
        List<Endpoint> endpoints,
        Optional<HealthCheck> healthCheck,
        Optional<GenericCheck> check,
        List<VolumeMount> volumeMounts,
        List<Artifact> artifacts,
        Optional<Integer> killGraceSeconds,
        Optional<Boolean> tty) {

    /// What a container runs.
    public sealed interface Command {
        /// Run by `/bin/sh -c`.
        record Shell(String line) implements Command {}

        /// Run as it is.
        record Argv(List<String> arguments) implements Command {
            public Argv {
                arguments = List.copyOf(arguments);
            }
        }
    }

    /// @param id as Docker names it
    /// @param forcePull pulled before every launch; else only when the machine has it not
    /// @param pullConfig as [Container.Docker]'s
    public record Image(String id, boolean forcePull, Optional<String> pullConfig) {}

    /// A port at which the container answers.
    ///
    /// @param containerPort on a container network only
    /// @param hostPort 0: a dynamic one; absent: none
    /// @param protocols at least one
    public record Endpoint(
            String name,
            Optional<Integer> containerPort,
            Optional<Integer> hostPort,
            List<String> protocols,
            SortedMap<String, String> labels) {
        public Endpoint {
            protocols = List.copyOf(protocols);
            labels = Sorted.copyOf(labels);
        }

        /// As a port of the pod; pods have no service ports.
        PortDefinition asPort() {
            return new PortDefinition(
                    0,
                    Optional.of(name),
                    protocols.size() > 1 ? "udp,tcp" : protocols.getFirst(),
                    labels,
                    containerPort.map(port -> new PortDefinition.Mapping(port, hostPort)));
        }
    }

    /// @param name of the pod's volume
    public record VolumeMount(String name, String mountPath, boolean readOnly) {}

    public PodContainer {
        environment = Sorted.copyOf(environment);
        labels = Sorted.copyOf(labels);
        endpoints = List.copyOf(endpoints);
        volumeMounts = List.copyOf(volumeMounts);
        artifacts = List.copyOf(artifacts);
        tty = tty.filter(wanted -> wanted);
    }

    public boolean hasTerminal() {
        return tty.isPresent();
    }
}
