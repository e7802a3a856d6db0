package io.ekiden.gateway;

import io.ekiden.model.Agent;
import io.ekiden.model.App;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.Cluster;
import io.ekiden.model.Condition;
import io.ekiden.model.Container;
import io.ekiden.model.Deployment;
import io.ekiden.model.Entity;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillSelection;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.PortRange;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.model.RunSpecVersion;
import io.ekiden.model.Secrets;
import io.ekiden.model.Sorted;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.VersionInfo;
import io.ekiden.state.ClusterImage;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// Fixtures of this module's tests.
public final class Given {
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private Given() {}

    public static App app(String id) {
        return app(id, Collections.emptySortedMap());
    }

    public static App app(String id, SortedMap<String, String> labels) {
        return app(id, labels, List.of());
    }

    /// That names secrets.
    ///
    /// @param sources paths in the store by names
    public static App appWithSecrets(String id, Map<String, String> sources) {
        return app(
                id,
                Collections.emptySortedMap(),
                List.of(),
                new Secrets(Sorted.copyOf(sources), Secrets.NONE.env(), Secrets.NONE.containers())
                        .some());
    }

    public static App app(
            String id, SortedMap<String, String> labels, List<ReadinessCheck> readinessChecks) {
        return app(id, labels, readinessChecks, Optional.empty());
    }

    private static App app(
            String id,
            SortedMap<String, String> labels,
            List<ReadinessCheck> readinessChecks,
            Optional<Secrets> secrets) {
        return new App(
                PathId.of(id),
                Optional.of("sleep 1000"),
                List.of(),
                Optional.empty(),
                Sorted.copyOf(Map.of("A", "1")),
                secrets,
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
                                Optional.of("web"),
                                "tcp",
                                Collections.emptySortedMap(),
                                Optional.empty())),
                false,
                List.of(),
                readinessChecks,
                Optional.empty(),
                labels,
                Collections.emptySortedSet(),
                List.of(),
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

    public static Instance instance(App app, int n, Condition condition) {
        return new Instance(
                InstanceId.of(app.id(), "0000-" + n),
                app.id(),
                1,
                app.version(),
                app.configVersion(),
                app.resources(),
                Goal.RUNNING,
                condition,
                NOON,
                condition == Condition.SCHEDULED
                        ? Optional.empty()
                        : Optional.of(
                                new Instance.Placement(
                                        "a1",
                                        "10.0.0.1",
                                        "10.0.0.1",
                                        List.of(31000 + n),
                                        5,
                                        Optional.empty(),
                                        Optional.empty())),
                Optional.empty(),
                Optional.of(NOON),
                condition == Condition.RUNNING ? Optional.of(NOON) : Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static Instance running(App app, int n) {
        return instance(app, n, Condition.RUNNING);
    }

    public static Instance.HealthResult health(boolean alive) {
        return new Instance.HealthResult(
                alive,
                alive ? 0 : 3,
                Optional.of(NOON),
                Optional.of(NOON),
                Optional.empty(),
                alive ? Optional.empty() : Optional.of("connection refused"));
    }

    public static Agent agent(String id) {
        return agent(id, Optional.empty());
    }

    /// @param address of its data plane
    public static Agent agent(String id, Optional<String> address) {
        return agent(id, address, Map.of("rack", "r1"), Optional.empty());
    }

    public static Agent agent(String id, Map<String, String> attributes) {
        return agent(id, Optional.empty(), attributes, Optional.empty());
    }

    /// @param sealingKey for what only it is to read
    public static Agent agent(String id, String address, String sealingKey) {
        return agent(id, Optional.of(address), Map.of(), Optional.of(sealingKey));
    }

    private static Agent agent(
            String id,
            Optional<String> address,
            Map<String, String> attributes,
            Optional<String> sealingKey) {
        return new Agent(
                id,
                "boot-1",
                7,
                3,
                "host-" + id,
                "10.0.0.1",
                address,
                Resources.of(2, 1024, 4096, 0),
                List.of(new PortRange(31000, 31099)),
                Optional.empty(),
                Sorted.copyOf(attributes),
                Sorted.copyOf(List.of(Container.Type.MESOS)),
                Agent.State.ACTIVE,
                false,
                NOON,
                Optional.empty(),
                sealingKey);
    }

    public static Deployment deployment(PathId app, Deployment.Kind... steps) {
        return Deployment.of(
                "d-1",
                NOON,
                java.util.Arrays.stream(steps)
                        .map(kind ->
                                new Deployment.Step(
                                        List.of(
                                                new Deployment.Action(
                                                        kind, RunSpec.Kind.APP, app))))
                        .toList(),
                Optional.empty());
    }

    public static Cluster cluster() {
        return new Cluster("cluster-1", Optional.empty(), Optional.empty());
    }

    public static RunSpecVersion kept(App app, Instant version) {
        return new RunSpecVersion(app.withVersion(version, app.versionInfo()));
    }

    public static ClusterImage image(Entity... entities) {
        var image = new ClusterImage();
        for (var entity : entities) {
            image.put(entity);
        }
        return image;
    }
}
