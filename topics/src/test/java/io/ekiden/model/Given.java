package io.ekiden.model;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fixtures of this module's tests.
public final class Given {
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private Given() {}

    public static App app(String id) {
        return app(id, List.of());
    }

    public static App constrained(App app, List<Constraint> constraints) {
        return app(app.id().value(), constraints);
    }

    private static App app(String id, List<Constraint> constraints) {
        return new App(
                PathId.of(id),
                Optional.of("sleep 1000"),
                List.of(),
                Optional.empty(),
                Sorted.copyOf(Map.of("A", "1")),
                Optional.empty(),
                2,
                Resources.of(0.1, 32, 0, 0),
                Optional.empty(),
                false,
                Network.HOST,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(
                        new PortDefinition(
                                10000,
                                Optional.of("default"),
                                "tcp",
                                Collections.emptySortedMap(),
                                Optional.empty())),
                false,
                List.of(),
                List.of(),
                Optional.empty(),
                Collections.emptySortedMap(),
                Collections.emptySortedSet(),
                constraints,
                List.of(),
                "*",
                BackoffStrategy.DEFAULT,
                Optional.empty(),
                UpgradeStrategy.DEFAULT,
                KillSelection.YOUNGEST_FIRST,
                UnreachableStrategy.DEFAULT,
                NOON,
                new VersionInfo(NOON, NOON));
    }

    public static Instance instance(App app, int n) {
        return new Instance(
                InstanceId.of(app.id(), "0000-" + n),
                app.id(),
                1,
                app.version(),
                app.configVersion(),
                app.resources(),
                Goal.RUNNING,
                Condition.RUNNING,
                NOON,
                Optional.of(
                        new Instance.Placement(
                                "a1",
                                "host1",
                                "10.0.0.1",
                                List.of(31000 + n),
                                5,
                                Optional.empty(),
                                Optional.empty())),
                Optional.empty(),
                Optional.of(NOON),
                Optional.of(NOON),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
