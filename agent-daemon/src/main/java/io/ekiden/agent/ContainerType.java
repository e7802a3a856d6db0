package io.ekiden.agent;

import io.ekiden.model.Container;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What an agent can start, by Marathon's names for a container's type.
public enum ContainerType {
    /// A process of the machine itself, without an engine.
    MESOS,
    DOCKER;

    /// @param text names in any case, separated by commas
    /// @throws IllegalArgumentException when it has an unknown name, or none
    public static Set<ContainerType> parse(String text) {
        var types = EnumSet.noneOf(ContainerType.class);
        for (var name : text.split(",", -1)) {
            types.add(
                    Arrays.stream(values())
                            .filter(type -> type.option().equalsIgnoreCase(name.strip()))
                            .findFirst()
                            .orElseThrow(() -> unknown(name)));
        }
        return types;
    }

    Container.Type type() {
        return switch (this) {
            case MESOS -> Container.Type.MESOS;
            case DOCKER -> Container.Type.DOCKER;
        };
    }

    private static IllegalArgumentException unknown(String name) {
        var known =
                Arrays.stream(values())
                        .map(ContainerType::option)
                        .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "'%s' is no container type; there are %s".formatted(name.strip(), known));
    }

    private String option() {
        return name().toLowerCase(Locale.ROOT);
    }
}
