package io.ekiden.agent.runtime.docker;

import io.ekiden.model.Sorted;
import io.ekiden.model.Volume;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The Docker volume drivers that an operator lets tasks use.
///
/// @param names `*` is every driver
public record VolumeDrivers(SortedSet<String> names) {
    private static final String EVERY = "*";
    private static final String NONE = "none";
    private static final String LOCAL = "local";

    public static final VolumeDrivers ALL = parse(EVERY);

    public VolumeDrivers {
        names = Sorted.copyOf(names);
    }

    /// Names with commas between them, `*` or `none`.
    public static VolumeDrivers parse(String text) {
        return new VolumeDrivers(
                Sorted.copyOf(
                        Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .filter(name -> !name.isEmpty() && !name.equals(NONE))
                                .toList()));
    }

    boolean allow(String driver) {
        return names.contains(EVERY) || names.contains(driver);
    }

    /// Why the engine is not asked for one of these volumes. The gateway has looked at them too,
    /// but whoever can write to Kafka is not to own the machine.
    Optional<String> problem(List<Volume.External> volumes) {
        return volumes.stream().map(this::problem).flatMap(Optional::stream).findFirst();
    }

    private Optional<String> problem(Volume.External volume) {
        if (!allow(volume.driver())) {
            return Optional.of(
                    "this agent does not use the volume driver '%s'".formatted(volume.driver()));
        }
        return volume.driver().equals(LOCAL) && !volume.driverOptions().isEmpty()
                ? Optional.of("the volume driver 'local' is given no options here")
                : Optional.empty();
    }
}
