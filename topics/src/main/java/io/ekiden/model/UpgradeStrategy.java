package io.ekiden.model;

/// The bounds of a rolling update as fractions of the wanted instances, each from 0 to 1.
public record UpgradeStrategy(double minimumHealthCapacity, double maximumOverCapacity) {
    public static final UpgradeStrategy DEFAULT = new UpgradeStrategy(1, 1);
}
