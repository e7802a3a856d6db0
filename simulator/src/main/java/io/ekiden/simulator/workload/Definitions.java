package io.ekiden.simulator.workload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.simulator.Choices;
import io.ekiden.simulator.Feature;

/// Definitions of apps as users write them; with zeroes all the way the plainest there is.
final class Definitions {
    private static final double[] CAPACITIES = {1, 0.5, 0, 0.75};
    private static final double[] OVERS = {1, 0, 0.5, 0.25};
    private static final double[] CPUS = {0.1, 0.5, 1, 0.3};

    private final Seen seen;
    private final Choices choices;

    Definitions(Seen seen) {
        this.seen = seen;
        this.choices = seen.choices();
    }

    private boolean uses(Feature feature) {
        return seen.features().contains(feature);
    }

    private boolean oneIn(String what, int n) {
        return choices.choose("app." + what, n) == n - 1;
    }

    private int upTo(String what, int bound) {
        return choices.choose("app." + what, bound);
    }

    ObjectNode app() {
        var app = JsonNodeFactory.instance.objectNode();
        app.put("cmd", "serve " + upTo("cmd", 1000));
        app.put("instances", 1 + upTo("instances", 5));
        app.put("cpus", CPUS[upTo("cpus", CPUS.length)]);
        app.put("mem", 32 + 32 * upTo("mem", 4));
        app.put("maxLaunchDelaySeconds", 10);
        app.put("backoffSeconds", upTo("backoff", 3));
        app.put("backoffFactor", 1.5);
        ports(app);
        constraints(app, 2);
        boolean resident = oneIn("resident", 5);
        if (resident) {
            volume(app);
        }
        boolean external = !resident && uses(Feature.EXTERNAL_VOLUMES) && oneIn("external", 3);
        if (external) {
            externalVolume(app);
        }
        upgrade(app, resident || external);
        unreachable(app, resident);
        if (oneIn("killSelection", 2)) {
            app.put("killSelection", "OLDEST_FIRST");
        }
        if (oneIn("grace", 3)) {
            app.put("taskKillGracePeriodSeconds", 1 + upTo("grace.seconds", 8));
        }
        if (oneIn("fragile", 4)) {
            app.putObject("labels").put("fragile", "true");
        }
        return app;
    }

    /// Of those that one of the first two agents has; several apps may want it.
    private int fixedPort() {
        return 31_100 + 100 * upTo("fixed.agent", 2) + upTo("fixed.port", 2);
    }

    private void ports(ObjectNode app) {
        int count = 2 - Math.min(2, upTo("ports", 4));
        int fixed = count > 0 && oneIn("fixed", 8) ? fixedPort() : 0;
        if (fixed > 0) {
            count = 1;
            app.put("requirePorts", true);
        }
        var ports = app.putArray("portDefinitions");
        for (int i = 0; i < count; i++) {
            ports.addObject()
                    .put("port", fixed)
                    .put("protocol", "tcp")
                    .put("name", i == 0 ? "main" : "other");
        }
        if (count > 0 && uses(Feature.READINESS) && oneIn("readiness", 2)) {
            readiness(app);
        }
        if (count > 0 && oneIn("health", 2)) {
            app.putArray("healthChecks")
                    .addObject()
                    .put("protocol", "MESOS_TCP")
                    .put("portIndex", 0)
                    .put("gracePeriodSeconds", 5)
                    .put("intervalSeconds", 1 + upTo("health.interval", 4))
                    .put("timeoutSeconds", 1)
                    .put("maxConsecutiveFailures", upTo("health.failures", 4));
        }
    }

    private void readiness(ObjectNode app) {
        app.putArray("readinessChecks")
                .addObject()
                .put("portName", "main")
                .put("intervalSeconds", 2 + upTo("readiness.interval", 4))
                .put("timeoutSeconds", 1);
    }

    private void constraints(ObjectNode app, int n) {
        if (uses(Feature.CONSTRAINTS) && oneIn("constrained", n)) {
            var constraint = app.putArray("constraints").addArray();
            ConstraintDefinitions.one(seen).forEach(constraint::add);
        }
    }

    private static void volume(ObjectNode app) {
        var container = app.putObject("container").put("type", "MESOS");
        var volume = container.putArray("volumes").addObject();
        volume.put("containerPath", "data").put("mode", "RW");
        volume.putObject("persistent").put("size", 10).put("type", "root");
    }

    /// Of few names, so that apps are in each other's way.
    private void externalVolume(ObjectNode app) {
        var container = app.putObject("container").put("type", "DOCKER");
        container.putObject("docker").put("image", "x");
        var volume = container.putArray("volumes").addObject();
        volume.put("containerPath", "/data").put("mode", "RW");
        boolean shared = oneIn("external.shared", 3);
        var external = volume.putObject("external").put("provider", "dvdi").put("shared", shared);
        external.put("name", (shared ? "common-" : "own-") + upTo("external.name", 4));
        external.putObject("options")
                .put("dvdi/driver", oneIn("external.driver", 2) ? "shelf" : "local");
        if (!shared) {
            app.put("instances", 1);
        }
    }

    void upgrade(ObjectNode app, boolean stopsFirst) {
        double over = stopsFirst ? 0 : OVERS[upTo("over", OVERS.length)];
        var strategy =
                app.putObject("upgradeStrategy")
                        .put(
                                "minimumHealthCapacity",
                                CAPACITIES[upTo("capacity", CAPACITIES.length)])
                        .put("maximumOverCapacity", over);
        if (uses(Feature.ORDERS) && oneIn("canary", 3)) {
            strategy.putObject("canary").put("instances", 1 + upTo("canary.instances", 2));
        }
        if (uses(Feature.ORDERS) && oneIn("progress", 4)) {
            strategy.put("progressDeadlineSeconds", 20 + upTo("progress.seconds", 60));
        }
    }

    private void unreachable(ObjectNode app, boolean resident) {
        if (resident) {
            return;
        }
        switch (upTo("unreachable", 4)) {
            case 0 -> {}
            case 1 -> app.put("unreachableStrategy", "disabled");
            case 2 ->
                    app.putObject("unreachableStrategy")
                            .put("inactiveAfterSeconds", 5)
                            .put("expungeAfterSeconds", 10);
            default ->
                    app.putObject("unreachableStrategy")
                            .put("inactiveAfterSeconds", 0)
                            .put("expungeAfterSeconds", 60);
        }
    }

    /// Some fields of an app, to be changed.
    ObjectNode update(boolean stopsFirst) {
        var update = JsonNodeFactory.instance.objectNode();
        update.put("cmd", "serve " + upTo("cmd", 1000));
        if (oneIn("update.instances", 3)) {
            update.put("instances", upTo("instances", 6));
        }
        if (oneIn("update.upgrade", 2)) {
            upgrade(update, stopsFirst);
        }
        constraints(update, 4);
        if (oneIn("update.env", 3)) {
            update.putObject("env").put("X", "y" + upTo("env", 9));
        }
        return update;
    }
}
