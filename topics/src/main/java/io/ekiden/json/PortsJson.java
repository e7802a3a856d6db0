package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.model.PortDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `portDefinitions`, and the deprecated `ports` that means the same.
final class PortsJson {
    private static final List<String> PROTOCOLS = List.of("tcp", "udp", "udp,tcp");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final int MAX_NAME = 63;
    private static final PortDefinition DEFAULT = port(0, Optional.of("default"));

    private PortsJson() {}

    static List<PortDefinition> read(Fields app) {
        var definitions =
                app.objects("portDefinitions", Limits.MAX_PORTS)
                        .map(ports -> ports.stream().map(PortsJson::definition).toList());
        var ports = app.integers("ports", Limits.MAX_PORTS, 0, Limits.MAX_PORT);
        checkUnique(app, definitions.orElse(List.of()));
        ports.ifPresent(numbers -> checkPorts(app, numbers, definitions));
        return definitions.orElseGet(() -> ports.map(PortsJson::named).orElse(List.of(DEFAULT)));
    }

    private static PortDefinition definition(Fields port) {
        return new PortDefinition(
                port.integer("port", 0, Limits.MAX_PORT).orElse(0),
                name(port),
                port.literal("protocol", PROTOCOLS).orElse("tcp"),
                port.texts("labels").orElse(Collections.emptySortedMap()));
    }

    private static Optional<String> name(Fields port) {
        var name = port.someText("name");
        if (name.isEmpty()) {
            return name;
        }
        if (name.get().length() > MAX_NAME) {
            return port.form("name", "error.maxLength");
        }
        return NAME.matcher(name.get()).matches() ? name : port.form("name", "error.pattern");
    }

    /// Marathon calls the first of the old ports `default`.
    private static List<PortDefinition> named(List<Integer> ports) {
        var definitions = new ArrayList<PortDefinition>();
        for (int port : ports) {
            definitions.add(
                    port(port, definitions.isEmpty() ? Optional.of("default") : Optional.empty()));
        }
        return definitions;
    }

    private static PortDefinition port(int port, Optional<String> name) {
        return new PortDefinition(port, name, "tcp", Collections.emptySortedMap());
    }

    private static void checkUnique(Fields app, List<PortDefinition> ports) {
        if (hasDuplicates(ports.stream().flatMap(port -> port.name().stream()).toList())) {
            app.rule("portDefinitions", "Port names must be unique.");
        }
        if (hasDuplicates(fixed(ports.stream().map(PortDefinition::port).toList()))) {
            app.rule("portDefinitions", "Ports must be unique.");
        }
    }

    private static void checkPorts(
            Fields app, List<Integer> ports, Optional<List<PortDefinition>> definitions) {
        if (hasDuplicates(fixed(ports))) {
            app.rule("ports must be unique");
        }
        boolean same =
                definitions.isEmpty()
                        || definitions.get().stream()
                                .map(PortDefinition::port)
                                .toList()
                                .equals(ports);
        if (app.sound("ports", "portDefinitions") && !same) {
            app.rule("cannot specify both ports and port definitions");
        }
    }

    /// Those that are not to be chosen by us.
    private static List<Integer> fixed(List<Integer> ports) {
        return ports.stream().filter(port -> port != 0).toList();
    }

    private static <T> boolean hasDuplicates(List<T> items) {
        return new HashSet<>(items).size() < items.size();
    }

    static ArrayNode write(List<PortDefinition> ports) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var port : ports) {
            var json = array.addObject().put("port", port.port());
            port.name().ifPresent(name -> json.put("name", name));
            json.put("protocol", port.protocol());
            var labels = json.putObject("labels");
            port.labels().forEach(labels::put);
        }
        return array;
    }
}
