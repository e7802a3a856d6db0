package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.PodContainer.Endpoint;
import io.ekiden.model.Probe.Port;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// `check`: Marathon's `AppCheck`, and the `Check` of a pod's container.
final class GenericCheckJson {
    private GenericCheckJson() {}

    /// @param ports how many ports the app has
    static Optional<GenericCheck> ofApp(Fields app, int ports) {
        if (!app.dialect().hasChecks()) {
            return Optional.empty();
        }
        boolean portsAreKnown = app.sound("ports", "portDefinitions", "container", "networks");
        int known = portsAreKnown ? ports : Limits.MAX_PORT + 1;
        return app.object("check").flatMap(check -> read(check, probe -> port(probe, known)));
    }

    /// The first when none is named. A number is more than an index, as in Marathon.
    private static Optional<Port> port(Fields probe, int ports) {
        var number = probe.integer("port", 0, Limits.MAX_PORT);
        int index = probe.integer("portIndex", 0, Limits.MAX_PORT).orElse(0);
        if (number.isPresent()) {
            return number.map(Port.Fixed::new);
        }
        if (index >= ports && probe.sound("port", "portIndex")) {
            probe.rule(
                    "Check port indices must address an element of the ports array or container"
                            + " port mappings.");
        }
        return Optional.of(new Port.Nth(index));
    }

    static Optional<GenericCheck> ofContainer(Fields container, List<Endpoint> endpoints) {
        if (!container.dialect().hasChecks()) {
            return Optional.empty();
        }
        return container
                .object("check")
                .flatMap(fields -> {
                    var check = read(fields, probe -> ProbeJson.endpoint(probe, endpoints));
                    check.ifPresent(
                            it -> ProbeJson.checkTimeout(fields, it.timeout(), it.interval()));
                    return check;
                });
    }

    private static Optional<GenericCheck> read(
            Fields check, Function<Fields, Optional<Port>> port) {
        var probe = ProbeJson.read(check, port);
        var interval = check.seconds("intervalSeconds").orElse(HealthCheckJson.INTERVAL);
        var timeout = check.seconds("timeoutSeconds").orElse(HealthCheckJson.TIMEOUT);
        var delay = check.seconds("delaySeconds").orElse(HealthCheckJson.DELAY);
        return probe.map(known -> new GenericCheck(known, interval, timeout, delay));
    }

    static ObjectNode ofApp(GenericCheck check) {
        return write(check, (probe, index) -> probe.put("portIndex", index));
    }

    static ObjectNode ofContainer(GenericCheck check, List<Endpoint> endpoints) {
        return write(check, ProbeJson.names(endpoints));
    }

    private static ObjectNode write(GenericCheck check, BiConsumer<ObjectNode, Integer> index) {
        return ProbeJson.write(check.probe(), index)
                .put("intervalSeconds", check.interval().toSeconds())
                .put("timeoutSeconds", check.timeout().toSeconds())
                .put("delaySeconds", check.delay().toSeconds());
    }
}
