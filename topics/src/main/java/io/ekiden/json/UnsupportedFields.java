package io.ekiden.json;

import java.util.List;

/// Marathon's fields that Ekiden does not honour yet. Their empty and default forms are accepted,
/// all others refused: nothing is accepted and then ignored.
final class UnsupportedFields {
    static final String NOT_SUPPORTED = "is not supported by this version of Ekiden";

    private static final List<String> LISTS =
            List.of("constraints", "dependencies", "fetch", "readinessChecks", "storeUrls", "uris");
    private static final List<String> OBJECTS =
            List.of("check", "ipAddress", "residency", "resourceLimits", "secrets");
    private static final List<String> PARTS_OF_CONTAINER = List.of("appc", "docker", "linuxInfo");
    private static final List<String> LISTS_OF_CONTAINER = List.of("portMappings", "volumes");

    private UnsupportedFields() {}

    static void check(Fields app) {
        LISTS.forEach(field -> emptyList(app, field));
        OBJECTS.forEach(field -> emptyObject(app, field));
        app.text("executor")
                .filter(executor -> !executor.isEmpty())
                .ifPresent(_ -> refuse(app, "executor"));
        app.flag("tty").filter(tty -> tty).ifPresent(_ -> refuse(app, "tty"));
        app.integer("gpus", 0, Integer.MAX_VALUE)
                .filter(gpus -> gpus > 0)
                .ifPresent(_ -> refuse(app, "gpus"));
        app.text("role").filter(role -> !role.equals("*")).ifPresent(_ -> refuse(app, "role"));
        app.object("executorResources").ifPresent(UnsupportedFields::executorResources);
        app.object("container").ifPresent(UnsupportedFields::container);
        app.objects("networks", Limits.MAX_NETWORKS).ifPresent(networks -> networks(app, networks));
    }

    private static void refuse(Fields fields, String field) {
        fields.rule(field, NOT_SUPPORTED);
    }

    private static void emptyList(Fields fields, String field) {
        fields.array(field, Integer.MAX_VALUE)
                .filter(list -> !list.isEmpty())
                .ifPresent(_ -> refuse(fields, field));
    }

    private static void emptyObject(Fields fields, String field) {
        fields.object(field)
                .filter(object -> object.size() > 0)
                .ifPresent(_ -> refuse(fields, field));
    }

    private static void executorResources(Fields resources) {
        isDefault(resources, "cpus", 0.1);
        isDefault(resources, "mem", 32);
        isDefault(resources, "disk", 10);
    }

    private static void isDefault(Fields fields, String field, double value) {
        fields.number(field, value, Double.MAX_VALUE)
                .filter(given -> given != value)
                .ifPresent(_ -> refuse(fields, field));
    }

    /// A container of type MESOS without an image or a volume says nothing; DOCKER is the default.
    private static void container(Fields container) {
        PARTS_OF_CONTAINER.forEach(
                part -> container.object(part).ifPresent(_ -> refuse(container, part)));
        LISTS_OF_CONTAINER.forEach(list -> emptyList(container, list));
        var type = container.literal("type", List.of("MESOS", "DOCKER")).orElse("DOCKER");
        if (type.equals("DOCKER") && !container.has("docker") && container.sound("type")) {
            refuse(container, "type");
        }
    }

    private static void networks(Fields app, List<Fields> networks) {
        networks.forEach(UnsupportedFields::network);
        if (networks.size() > 1 && app.sound("networks")) {
            refuse(app, "networks");
        }
    }

    /// A network object without a mode is a container network.
    private static void network(Fields network) {
        var mode =
                network.literal("mode", List.of("host", "container", "container/bridge"))
                        .orElse("container");
        if (!mode.equals("host") && network.sound("mode")) {
            refuse(network, "mode");
        }
        network.text("name").ifPresent(_ -> refuse(network, "name"));
        emptyObject(network, "labels");
    }
}
