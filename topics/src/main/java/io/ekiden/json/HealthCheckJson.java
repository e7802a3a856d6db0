package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.HealthCheck.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `healthChecks`: Marathon's `AppHealthCheck`.
public final class HealthCheckJson {
    static final Duration GRACE_PERIOD = Duration.ofMinutes(5);
    static final Duration INTERVAL = Duration.ofMinutes(1);
    static final Duration TIMEOUT = Duration.ofSeconds(20);
    static final Duration DELAY = Duration.ofSeconds(15);
    static final int MAX_CONSECUTIVE_FAILURES = 3;
    private static final List<String> IP_PROTOCOLS = List.of("IPv4", "IPv6");

    private HealthCheckJson() {}

    /// @param ports how many ports the app has
    static List<HealthCheck> read(Fields app, int ports) {
        boolean portsAreKnown = app.sound("ports", "portDefinitions", "container", "networks");
        var given = app.objects("healthChecks", Limits.MAX_HEALTH_CHECKS).orElse(List.of());
        var checks =
                given.stream()
                        .map(fields -> check(fields, portsAreKnown ? ports : Limits.MAX_PORT + 1))
                        .distinct()
                        .toList();
        if (checks.stream().filter(HealthCheckJson::isMesosNetworkCheck).count() > 1) {
            app.rule("AppDefinition can contain at most one Mesos health check");
        }
        return checks;
    }

    private static HealthCheck check(Fields check, int ports) {
        var protocol = check.literal("protocol", Protocol.class).orElse(Protocol.HTTP);
        var port = check.integer("port", 0, Limits.MAX_PORT);
        var index = check.integer("portIndex", 0, Limits.MAX_PORT);
        boolean probesIndex = protocol != Protocol.COMMAND && port.isEmpty();
        var command = check.object("command").flatMap(HealthCheckJson::command);
        checkCommand(check, protocol);
        check.literal("ipProtocol", IP_PROTOCOLS)
                .filter("IPv6"::equals)
                .ifPresent(_ -> check.rule("ipProtocol", UnsupportedFields.NOT_SUPPORTED));
        var read =
                new HealthCheck(
                        protocol,
                        check.text("path"),
                        port,
                        probesIndex ? Optional.of(index.orElse(0)) : index,
                        command,
                        check.seconds("gracePeriodSeconds").orElse(GRACE_PERIOD),
                        check.seconds("intervalSeconds").orElse(INTERVAL),
                        check.seconds("timeoutSeconds").orElse(TIMEOUT),
                        check.seconds("delaySeconds").orElse(DELAY),
                        check.integer("maxConsecutiveFailures", 0, Integer.MAX_VALUE)
                                .orElse(MAX_CONSECUTIVE_FAILURES),
                        check.flag("ignoreHttp1xx").orElse(false));
        checkPortIndex(check, read, ports);
        return read;
    }

    private static Optional<String> command(Fields command) {
        return command.has("value")
                ? command.someText("value")
                : command.form("value", "error.path.missing");
    }

    private static void checkCommand(Fields check, Protocol protocol) {
        if (!check.sound("protocol")) {
            return;
        }
        if (protocol == Protocol.COMMAND && !check.has("command")) {
            check.rule("command", "must be given for the protocol COMMAND");
        } else if (protocol != Protocol.COMMAND && check.has("command")) {
            check.rule("command", "may only be given for the protocol COMMAND");
        }
    }

    private static void checkPortIndex(Fields check, HealthCheck read, int ports) {
        boolean outside =
                read.protocol() != Protocol.COMMAND
                        && read.portIndex().filter(index -> index >= ports).isPresent();
        if (outside && check.sound("port", "portIndex", "protocol")) {
            check.rule(
                    "Health check port indices must address an element of the ports array or"
                            + " container port mappings.");
        }
    }

    private static boolean isMesosNetworkCheck(HealthCheck check) {
        return switch (check.protocol()) {
            case MESOS_HTTP, MESOS_HTTPS, MESOS_TCP -> true;
            case HTTP, HTTPS, TCP, COMMAND -> false;
        };
    }

    static ArrayNode write(List<HealthCheck> checks) {
        var array = JsonNodeFactory.instance.arrayNode();
        checks.forEach(check -> array.add(write(check)));
        return array;
    }

    /// One check, as events carry it too.
    public static ObjectNode write(HealthCheck check) {
        var json = JsonNodeFactory.instance.objectNode();
        check.command().ifPresent(command -> json.putObject("command").put("value", command));
        json.put("gracePeriodSeconds", check.gracePeriod().toSeconds());
        if (check.ignoreHttp1xx() || isMarathonHttp(check.protocol())) {
            json.put("ignoreHttp1xx", check.ignoreHttp1xx());
        }
        json.put("intervalSeconds", check.interval().toSeconds());
        json.put("maxConsecutiveFailures", check.maxConsecutiveFailures());
        check.path().ifPresent(path -> json.put("path", path));
        check.port().ifPresent(port -> json.put("port", port));
        check.portIndex().ifPresent(index -> json.put("portIndex", index));
        json.put("protocol", check.protocol().name());
        json.put("ipProtocol", "IPv4");
        json.put("timeoutSeconds", check.timeout().toSeconds());
        json.put("delaySeconds", check.delay().toSeconds());
        return json;
    }

    private static boolean isMarathonHttp(Protocol protocol) {
        return protocol == Protocol.HTTP || protocol == Protocol.HTTPS;
    }
}
