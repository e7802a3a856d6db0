package io.ekiden.planner.stream;

import io.ekiden.log.Topics;
import io.ekiden.model.Sorted;
import io.ekiden.planner.core.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;

/// How a planner runs; what it decides depends on `settings` alone.
///
/// @param stateDir for Kafka Streams' own files; the state itself is in memory and on Kafka
/// @param replicationFactor of topics that do not exist yet
/// @param sessionTimeout after which Kafka gives a dead planner's work to the standby; raised to
///   what the broker allows
/// @param sessionHeartbeat how often Kafka is told that this planner lives
/// @param silence so long without a heartbeat, and an agent or proxy counts as silent
/// @param patience how long to wait for Kafka at the start
/// @param clientSettings for every Kafka client, such as `security.protocol`
public record PlannerConfig(
        String bootstrapServers,
        Topics topics,
        Settings settings,
        Path stateDir,
        short replicationFactor,
        Duration sessionTimeout,
        Duration sessionHeartbeat,
        Duration silence,
        Duration patience,
        SortedMap<String, String> clientSettings) {

    public PlannerConfig {
        clientSettings = Sorted.copyOf(clientSettings);
    }

    /// With the defaults of the architecture's table of limits, for one broker.
    public static PlannerConfig of(String bootstrapServers, Topics topics, Path stateDir) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                Settings.DEFAULT,
                stateDir,
                (short) 1,
                Duration.ofSeconds(3),
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Collections.emptySortedMap());
    }

    public PlannerConfig withSettings(Settings settings) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                settings,
                stateDir,
                replicationFactor,
                sessionTimeout,
                sessionHeartbeat,
                silence,
                patience,
                clientSettings);
    }

    public PlannerConfig withReplicationFactor(short replicationFactor) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                settings,
                stateDir,
                replicationFactor,
                sessionTimeout,
                sessionHeartbeat,
                silence,
                patience,
                clientSettings);
    }

    public PlannerConfig withSession(Duration timeout, Duration heartbeat) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                settings,
                stateDir,
                replicationFactor,
                timeout,
                heartbeat,
                silence,
                patience,
                clientSettings);
    }

    public PlannerConfig withSilence(Duration silence) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                settings,
                stateDir,
                replicationFactor,
                sessionTimeout,
                sessionHeartbeat,
                silence,
                patience,
                clientSettings);
    }

    public PlannerConfig withPatience(Duration patience) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                settings,
                stateDir,
                replicationFactor,
                sessionTimeout,
                sessionHeartbeat,
                silence,
                patience,
                clientSettings);
    }

    public PlannerConfig withClientSettings(Map<String, String> clientSettings) {
        return new PlannerConfig(
                bootstrapServers,
                topics,
                settings,
                stateDir,
                replicationFactor,
                sessionTimeout,
                sessionHeartbeat,
                silence,
                patience,
                Sorted.copyOf(clientSettings));
    }
}
