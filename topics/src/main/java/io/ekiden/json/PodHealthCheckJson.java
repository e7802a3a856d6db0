package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.HealthCheck.Protocol;
import io.ekiden.model.PodContainer.Command;
import io.ekiden.model.PodContainer.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The `healthCheck` of a pod's container: one of `http`, `tcp` and `exec`. All are Mesos' own
/// checks, so that their delay is honoured.
final class PodHealthCheckJson {
    private static final List<String> KINDS = List.of("http", "tcp", "exec");

    private PodHealthCheckJson() {}

    /// What is probed.
    private record Probe(
            Protocol protocol,
            Optional<String> path,
            Optional<Integer> endpoint,
            Optional<String> command) {}

    static Optional<HealthCheck> read(Fields check, List<Endpoint> endpoints) {
        var kinds = KINDS.stream().filter(check::has).toList();
        if (kinds.size() != 1) {
            check.rule("must have exactly one of 'http', 'tcp' and 'exec'");
        }
        var interval = check.seconds("intervalSeconds").orElse(HealthCheckJson.INTERVAL);
        var timeout = check.seconds("timeoutSeconds").orElse(HealthCheckJson.TIMEOUT);
        if (timeout.compareTo(interval) >= 0 && check.sound("intervalSeconds", "timeoutSeconds")) {
            check.rule("timeoutSeconds", "must be less than intervalSeconds");
        }
        var grace = check.seconds("gracePeriodSeconds").orElse(HealthCheckJson.GRACE_PERIOD);
        var delay = check.seconds("delaySeconds").orElse(HealthCheckJson.DELAY);
        int failures =
                check.integer("maxConsecutiveFailures", 0, Integer.MAX_VALUE)
                        .orElse(HealthCheckJson.MAX_CONSECUTIVE_FAILURES);
        return kinds.stream()
                .findFirst()
                .flatMap(kind -> probe(kind, check.part(kind), endpoints))
                .map(probe ->
                        new HealthCheck(
                                probe.protocol(),
                                probe.path(),
                                Optional.empty(),
                                probe.endpoint(),
                                probe.command(),
                                grace,
                                interval,
                                timeout,
                                delay,
                                failures,
                                false));
    }

    private static Optional<Probe> probe(String kind, Fields probe, List<Endpoint> endpoints) {
        if (kind.equals("exec")) {
            if (!probe.has("command")) {
                return probe.form("command", "error.path.missing");
            }
            return PodContainerJson.shellOrArgv(probe.part("command"))
                    .map(command ->
                            new Probe(
                                    Protocol.COMMAND,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(shell(command))));
        }
        var endpoint = endpoint(probe, endpoints);
        if (kind.equals("tcp")) {
            return endpoint.map(index ->
                    new Probe(
                            Protocol.MESOS_TCP,
                            Optional.empty(),
                            Optional.of(index),
                            Optional.empty()));
        }
        var path = probe.text("path");
        var https = probe.literal("scheme", List.of("HTTP", "HTTPS")).filter("HTTPS"::equals);
        var protocol = https.isPresent() ? Protocol.MESOS_HTTPS : Protocol.MESOS_HTTP;
        return endpoint.map(
                index -> new Probe(protocol, path, Optional.of(index), Optional.empty()));
    }

    private static Optional<Integer> endpoint(Fields probe, List<Endpoint> endpoints) {
        if (!probe.has("endpoint")) {
            return probe.form("endpoint", "error.path.missing");
        }
        var name = probe.text("endpoint");
        int index = endpoints.stream().map(Endpoint::name).toList().indexOf(name.orElse(""));
        if (index < 0) {
            name.ifPresent(_ -> probe.rule("endpoint", "must name an endpoint of the container"));
            return Optional.empty();
        }
        return Optional.of(index);
    }

    /// Checks are lines for a shell; arguments are quoted so that it takes them as they are.
    private static String shell(Command command) {
        return switch (command) {
            case Command.Shell(var line) -> line;
            case Command.Argv(var arguments) ->
                    Stream.concat(
                                    Stream.of("exec"),
                                    arguments.stream().map(PodHealthCheckJson::quoted))
                            .collect(Collectors.joining(" "));
        };
    }

    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    static ObjectNode write(HealthCheck check, List<Endpoint> endpoints) {
        var json = JsonNodeFactory.instance.objectNode();
        var endpoint = check.portIndex().map(index -> endpoints.get(index).name()).orElse("");
        switch (check.protocol()) {
            case COMMAND ->
                    json.putObject("exec")
                            .putObject("command")
                            .put("shell", check.command().orElse(""));
            case TCP, MESOS_TCP -> json.putObject("tcp").put("endpoint", endpoint);
            case HTTP, MESOS_HTTP -> http(json, check, endpoint, "HTTP");
            case HTTPS, MESOS_HTTPS -> http(json, check, endpoint, "HTTPS");
        }
        return json.put("gracePeriodSeconds", check.gracePeriod().toSeconds())
                .put("intervalSeconds", check.interval().toSeconds())
                .put("maxConsecutiveFailures", check.maxConsecutiveFailures())
                .put("timeoutSeconds", check.timeout().toSeconds())
                .put("delaySeconds", check.delay().toSeconds());
    }

    private static void http(ObjectNode json, HealthCheck check, String endpoint, String scheme) {
        var http = json.putObject("http").put("endpoint", endpoint);
        check.path().ifPresent(path -> http.put("path", path));
        http.put("scheme", scheme);
    }
}
