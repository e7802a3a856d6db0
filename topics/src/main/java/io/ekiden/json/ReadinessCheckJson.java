package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.ReadinessCheck;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/// `readinessChecks`: Marathon's `ReadinessCheck`, at most one.
final class ReadinessCheckJson {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private ReadinessCheckJson() {}

    static List<ReadinessCheck> read(Fields app, List<PortDefinition> ports) {
        var given = app.objects("readinessChecks", Integer.MAX_VALUE).orElse(List.of());
        if (given.size() > 1 && app.sound("readinessChecks")) {
            app.rule("readinessChecks", "may contain at most one readiness check");
        }
        return given.stream().limit(1).map(check -> one(app, check, ports)).toList();
    }

    private static ReadinessCheck one(Fields app, Fields check, List<PortDefinition> ports) {
        var interval = check.seconds("intervalSeconds").orElse(INTERVAL);
        var timeout = check.seconds("timeoutSeconds").orElse(TIMEOUT);
        if (check.sound("timeoutSeconds") && timeout.isZero()) {
            check.form("timeoutSeconds", "error.min");
        }
        if (check.sound("intervalSeconds", "timeoutSeconds") && timeout.compareTo(interval) >= 0) {
            check.rule(
                    "timeoutSeconds",
                    "timeoutSeconds must be less than intervalSeconds (%d)"
                            .formatted(interval.toSeconds()));
        }
        var codes =
                check.integers("httpStatusCodesForReady", Limits.MAX_STATUS_CODES, 100, 999)
                        .orElse(List.of(200));
        if (codes.isEmpty() && check.sound("httpStatusCodesForReady")) {
            check.form("httpStatusCodesForReady", "error.minLength");
        }
        var portName = check.someText("portName").orElse("http-api");
        boolean named =
                ports.stream().anyMatch(port -> port.name().filter(portName::equals).isPresent());
        if (!named && app.sound("ports", "portDefinitions", "container", "networks")) {
            check.rule("portName", "'%s' is no name of a port of the app".formatted(portName));
        }
        return new ReadinessCheck(
                check.someText("name").orElse("readinessCheck"),
                check.literal("protocol", ReadinessCheck.Protocol.class)
                        .orElse(ReadinessCheck.Protocol.HTTP),
                check.someText("path").orElse("/"),
                portName,
                interval,
                timeout,
                new TreeSet<>(codes),
                check.flag("preserveLastResponse").orElse(false));
    }

    static ArrayNode write(List<ReadinessCheck> checks) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var check : checks) {
            var json =
                    array.addObject()
                            .put("name", check.name())
                            .put("protocol", check.protocol().name())
                            .put("path", check.path())
                            .put("portName", check.portName())
                            .put("intervalSeconds", check.interval().toSeconds())
                            .put("timeoutSeconds", check.timeout().toSeconds());
            var codes = json.putArray("httpStatusCodesForReady");
            check.statusCodesForReady().forEach(codes::add);
            json.put("preserveLastResponse", check.preserveLastResponse());
        }
        return array;
    }
}
