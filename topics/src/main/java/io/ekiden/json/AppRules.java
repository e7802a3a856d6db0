package io.ekiden.json;

import io.ekiden.model.Container;
import io.ekiden.model.PathId;
import io.ekiden.model.Volume;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/// Marathon's rules that concern several fields of an app at once.
final class AppRules {
    private AppRules() {}

    static void check(
            Fields app,
            Optional<String> cmd,
            List<String> args,
            int instances,
            SortedMap<String, String> labels,
            boolean singleInstance) {
        boolean command = cmd.isPresent() != !args.isEmpty();
        boolean image = cmd.isEmpty() && args.isEmpty() && hasImage(app);
        if (!command && !image && app.sound("cmd", "args", "container")) {
            app.rule(
                    "AppDefinition must either contain one of 'cmd' or 'args', and/or a"
                            + " 'container'.");
        }
        if (singleInstance && instances > 1) {
            app.rule("Single instance app may only have one instance");
        }
        if (!migrationIsComplete(labels)) {
            app.rule(
                    "DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when"
                            + " using DCOS_MIGRATION_API_VERSION");
        }
    }

    /// There were terminals of Docker's alone.
    static void terminal(Fields app, Optional<Container> container, boolean tty) {
        boolean docker = container.filter(c -> c.type() == Container.Type.DOCKER).isPresent();
        if (tty && !docker && !app.dialect().hasTerminals()) {
            app.rule("tty", UnsupportedFields.NOT_SUPPORTED);
        }
    }

    /// `residency` only repeats what persistent volumes say; its fields have no effect.
    static void residency(Fields app, boolean resident) {
        var residency = app.object("residency").filter(given -> given.size() > 0);
        residency.ifPresent(given -> {
            given.longSeconds("relaunchEscalationTimeoutSeconds");
            given.literal("taskLostBehavior", List.of("WAIT_FOREVER", "RELAUNCH_AFTER_TIMEOUT"));
        });
        if (residency.isPresent() && !resident) {
            app.rule(
                    "residency",
                    "AppDefinition must contain persistent volumes and define residency");
        }
    }

    /// Those that tasks share may be as many tasks' as one likes, where Marathon knows one alone.
    static void externalVolumes(
            Fields app, PathId id, int instances, List<Volume.External> volumes) {
        if (instances > 1 && volumes.stream().anyMatch(volume -> !volume.shared())) {
            app.rule(
                    "Number of instances is limited to 1 when declaring DVDI volumes in app [%s]"
                            .formatted(id));
        }
        var names = new TreeSet<String>();
        volumes.stream()
                .filter(volume -> !volume.shared())
                .map(Volume.External::name)
                .filter(name -> !names.add(name))
                .distinct()
                .forEach(name ->
                        app.rule(
                                "Requested DVDI volume '%s' is declared more than once within app %s"
                                        .formatted(name, id)));
    }

    private static boolean hasImage(Fields app) {
        return app.given("container")
                .filter(container -> container.hasNonNull("docker") || container.hasNonNull("appc"))
                .isPresent();
    }

    private static boolean migrationIsComplete(SortedMap<String, String> labels) {
        var version = labels.getOrDefault("DCOS_MIGRATION_API_VERSION", "");
        return version.isEmpty()
                || (version.equals("v1")
                        && !labels.getOrDefault("DCOS_PACKAGE_FRAMEWORK_NAME", "").isEmpty()
                        && !labels.getOrDefault("DCOS_MIGRATION_API_PATH", "").isEmpty());
    }
}
