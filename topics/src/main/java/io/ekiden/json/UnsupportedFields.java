package io.ekiden.json;

import java.util.List;

/// Marathon's fields that Ekiden does not honour yet. Their empty and default forms are accepted,
/// all others refused: nothing is accepted and then ignored.
final class UnsupportedFields {
    static final String NOT_SUPPORTED = "is not supported by this version of Ekiden";

    private static final List<String> LISTS = List.of("storeUrls");
    private static final List<String> PARTS_OF_CONTAINER = List.of("appc");

    private UnsupportedFields() {}

    static void check(Fields app) {
        LISTS.forEach(field -> emptyList(app, field));
        if (!app.dialect().hasChecks()) {
            emptyObject(app, "check");
        }
        if (!app.dialect().namesNetworks()) {
            emptyObject(app, "ipAddress");
        }
        app.text("executor")
                .filter(executor -> !executor.isEmpty())
                .ifPresent(_ -> refuse(app, "executor"));
        app.object("executorResources").ifPresent(UnsupportedFields::executorResources);
    }

    private static void refuse(Fields fields, String field) {
        fields.rule(field, NOT_SUPPORTED);
    }

    static void emptyList(Fields fields, String field) {
        fields.array(field, Integer.MAX_VALUE)
                .filter(list -> !list.isEmpty())
                .ifPresent(_ -> refuse(fields, field));
    }

    static void emptyObject(Fields fields, String field) {
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

    static void checkContainer(Fields container) {
        PARTS_OF_CONTAINER.forEach(
                part -> container.object(part).ifPresent(_ -> refuse(container, part)));
        container.object("docker").ifPresent(docker -> emptyObject(docker, "credential"));
    }
}
