package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Network;
import io.ekiden.model.PortDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `portDefinitions`, the deprecated `ports` that means the same, and a container's `portMappings`.
final class PortsJson {
    private static final List<String> PROTOCOLS = List.of("tcp", "udp", "udp,tcp");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final int MAX_NAME = 63;
    private static final PortDefinition DEFAULT = port(0, Optional.of("default"));

    private PortsJson() {}

    /// On the host network the app's port definitions, else its container's port mappings.
    static List<PortDefinition> read(Fields app, NetworkJson networks) {
        return switch (networks.network()) {
            case HOST -> {
                ContainerJson.mapped(app)
                        .ifPresent(container -> mustBeEmpty(container, "portMappings"));
                yield definitions(app);
            }
            case BRIDGE, CONTAINER -> {
                mustBeEmpty(app, "portDefinitions");
                mustBeEmpty(app, "ports");
                yield ContainerJson.mapped(app)
                        .flatMap(container -> mappings(container, networks))
                        .orElseGet(
                                () -> List.of(mapping(DEFAULT, 0, unmapped(networks.network()))));
            }
        };
    }

    private static void mustBeEmpty(Fields fields, String list) {
        fields.array(list, Integer.MAX_VALUE)
                .filter(given -> !given.isEmpty())
                .ifPresent(_ -> fields.rule(list, "must be empty on this network"));
    }

    private static Optional<List<PortDefinition>> mappings(Fields container, NetworkJson networks) {
        var mappings =
                container
                        .objects("portMappings", Limits.MAX_PORTS)
                        .map(ports -> ports.stream().map(port -> mapping(port, networks)).toList());
        var all = mappings.orElse(List.of());
        if (hasDuplicates(all.stream().flatMap(port -> port.name().stream()).toList())) {
            container.rule("portMappings", "Port names must be unique.");
        }
        return mappings;
    }

    private static PortDefinition mapping(Fields port, NetworkJson networks) {
        networks.checkNames(port);
        var definition =
                new PortDefinition(
                        port.integer("servicePort", 0, Limits.MAX_PORT).orElse(0),
                        name(port),
                        port.literal("protocol", PROTOCOLS).orElse("tcp"),
                        port.texts("labels").orElse(Collections.emptySortedMap()),
                        Optional.empty());
        return mapping(
                definition,
                port.integer("containerPort", 0, Limits.MAX_PORT).orElse(0),
                hostPort(port, networks.network()));
    }

    /// Of a port mapping, or of a pod's endpoint.
    static Optional<Integer> hostPort(Fields port, Network network) {
        return port.integer("hostPort", 0, Limits.MAX_PORT).or(() -> unmapped(network));
    }

    /// The host port of one that names none: on a container network there is another way to it.
    private static Optional<Integer> unmapped(Network network) {
        return switch (network) {
            case HOST, BRIDGE -> Optional.of(0);
            case CONTAINER -> Optional.empty();
        };
    }

    private static PortDefinition mapping(
            PortDefinition port, int containerPort, Optional<Integer> hostPort) {
        return new PortDefinition(
                port.port(),
                port.name(),
                port.protocol(),
                port.labels(),
                Optional.of(new PortDefinition.Mapping(containerPort, hostPort)));
    }

    private static List<PortDefinition> definitions(Fields app) {
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
                port.texts("labels").orElse(Collections.emptySortedMap()),
                Optional.empty());
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
        return new PortDefinition(
                port, name, "tcp", Collections.emptySortedMap(), Optional.empty());
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
            describe(port, array.addObject().put("port", port.port()));
        }
        return array;
    }

    static ArrayNode writeMappings(List<PortDefinition> ports) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var port : ports) {
            var json = array.addObject();
            port.mapping()
                    .ifPresent(mapping -> {
                        json.put("containerPort", mapping.containerPort());
                        mapping.hostPort().ifPresent(hostPort -> json.put("hostPort", hostPort));
                    });
            describe(port, json.put("servicePort", port.port()));
        }
        return array;
    }

    private static void describe(PortDefinition port, ObjectNode json) {
        port.name().ifPresent(name -> json.put("name", name));
        json.put("protocol", port.protocol());
        var labels = json.putObject("labels");
        port.labels().forEach(labels::put);
    }
}
