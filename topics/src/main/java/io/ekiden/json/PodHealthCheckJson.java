package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.HealthCheck.Protocol;
import io.ekiden.model.PodContainer.Endpoint;
import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.Probe.Scheme;
import java.util.List;
import java.util.Optional;

/// The `healthCheck` of a pod's container. All are Mesos' own checks, so that their delay is
/// honoured.
final class PodHealthCheckJson {
    private PodHealthCheckJson() {}

    /// A probe in the fields of a health check.
    private record Target(
            Protocol protocol,
            Optional<String> path,
            Optional<Port> port,
            Optional<String> command) {
        static Target of(Probe probe) {
            return switch (probe) {
                case Probe.Http(var port, var path, var scheme) ->
                        new Target(
                                scheme == Scheme.HTTPS ? Protocol.MESOS_HTTPS : Protocol.MESOS_HTTP,
                                path,
                                Optional.of(port),
                                Optional.empty());
                case Probe.Tcp(var port) ->
                        new Target(
                                Protocol.MESOS_TCP,
                                Optional.empty(),
                                Optional.of(port),
                                Optional.empty());
                case Probe.Exec(var line) ->
                        new Target(
                                Protocol.COMMAND,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(line));
            };
        }

        /// A container has no ports but its endpoints.
        Optional<Integer> endpoint() {
            return port.filter(Port.Nth.class::isInstance).map(nth -> ((Port.Nth) nth).index());
        }
    }

    static Optional<HealthCheck> read(Fields check, List<Endpoint> endpoints) {
        var probe = ProbeJson.read(check, fields -> ProbeJson.endpoint(fields, endpoints));
        var interval = check.seconds("intervalSeconds").orElse(HealthCheckJson.INTERVAL);
        var timeout = check.seconds("timeoutSeconds").orElse(HealthCheckJson.TIMEOUT);
        ProbeJson.checkTimeout(check, timeout, interval);
        var grace = check.seconds("gracePeriodSeconds").orElse(HealthCheckJson.GRACE_PERIOD);
        var delay = check.seconds("delaySeconds").orElse(HealthCheckJson.DELAY);
        int failures =
                check.integer("maxConsecutiveFailures", 0, Integer.MAX_VALUE)
                        .orElse(HealthCheckJson.MAX_CONSECUTIVE_FAILURES);
        return probe.map(Target::of)
                .map(target ->
                        new HealthCheck(
                                target.protocol(),
                                target.path(),
                                Optional.empty(),
                                target.endpoint(),
                                target.command(),
                                grace,
                                interval,
                                timeout,
                                delay,
                                failures,
                                false));
    }

    static ObjectNode write(HealthCheck check, List<Endpoint> endpoints) {
        return ProbeJson.write(check.probe(), ProbeJson.names(endpoints))
                .put("gracePeriodSeconds", check.gracePeriod().toSeconds())
                .put("intervalSeconds", check.interval().toSeconds())
                .put("maxConsecutiveFailures", check.maxConsecutiveFailures())
                .put("timeoutSeconds", check.timeout().toSeconds())
                .put("delaySeconds", check.delay().toSeconds());
    }
}
