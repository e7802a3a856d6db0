package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The strategies of an app: backoff (three fields of the app itself), upgrade, unreachable.
final class StrategyJson {
    private static final UpgradeStrategy STOP_FIRST = new UpgradeStrategy(0, 0);
    private static final UpgradeStrategy RESIDENT = new UpgradeStrategy(0.5, 0);

    private StrategyJson() {}

    static BackoffStrategy backoff(Fields app) {
        var defaults = BackoffStrategy.DEFAULT;
        return new BackoffStrategy(
                app.seconds("backoffSeconds").orElse(defaults.backoff()),
                app.number("backoffFactor", 1, Limits.MAX_BACKOFF_FACTOR).orElse(defaults.factor()),
                app.seconds("maxLaunchDelaySeconds").orElse(defaults.maxLaunchDelay()));
    }

    /// @param singleInstance whether the app says that no two of its instances may ever run
    /// @param stopsFirst whether its instances are bound to their volumes, or these to them
    static UpgradeStrategy upgrade(Fields app, boolean singleInstance, boolean stopsFirst) {
        return upgrade(app, "upgradeStrategy", singleInstance, stopsFirst);
    }

    /// @param field that holds it: apps and pods call it differently
    static UpgradeStrategy upgrade(
            Fields spec, String field, boolean singleInstance, boolean stopsFirst) {
        var defaults = stopsFirst ? RESIDENT : UpgradeStrategy.DEFAULT;
        var given = spec.object(field);
        if (given.isEmpty()) {
            return singleInstance ? STOP_FIRST : defaults;
        }
        var fields = given.get();
        double minimum =
                fields.number("minimumHealthCapacity", 0, 1)
                        .orElse(defaults.minimumHealthCapacity());
        double maximum =
                fields.number("maximumOverCapacity", 0, 1).orElse(defaults.maximumOverCapacity());
        if (singleInstance) {
            mustBeZero(fields, "minimumHealthCapacity", minimum);
        }
        if (singleInstance || stopsFirst) {
            mustBeZero(fields, "maximumOverCapacity", maximum);
        }
        var deadline = fields.integer("progressDeadlineSeconds", 1, Limits.MAX_SECONDS);
        var failures = fields.integer("maxLaunchFailures", 1, Limits.MAX_LAUNCH_FAILURES);
        // Without the sum, -0.0 would not equal what is read back.
        return new UpgradeStrategy(
                minimum + 0.0,
                maximum + 0.0,
                deadline.map(Duration::ofSeconds),
                fields.object("canary").flatMap(StrategyJson::canary),
                failures,
                autoRollback(fields, deadline.isPresent() || failures.isPresent()));
    }

    /// @param mayFail whether anything says when a deployment has failed
    private static Optional<Boolean> autoRollback(Fields strategy, boolean mayFail) {
        var wanted = strategy.flag("autoRollback").filter(yes -> yes);
        if (wanted.isPresent()
                && !mayFail
                && strategy.sound("progressDeadlineSeconds", "maxLaunchFailures")) {
            strategy.rule("autoRollback", "needs progressDeadlineSeconds or maxLaunchFailures");
        }
        return wanted;
    }

    private static Optional<Integer> canary(Fields canary) {
        return canary.has("instances")
                ? canary.integer("instances", 1, Limits.MAX_INSTANCES)
                : canary.form("instances", "error.path.missing");
    }

    private static void mustBeZero(Fields fields, String field, double number) {
        if (number != 0 && fields.sound(field)) {
            fields.rule(field, "got " + number + ", expected 0.0");
        }
    }

    /// @param usesAlone whether it has an external volume that no two tasks may use at once: nobody
    ///   takes its place unless it says itself when that is safe
    static UnreachableStrategy unreachable(Fields app, boolean resident, boolean usesAlone) {
        if (resident && app.given("unreachableStrategy").filter(JsonNode::isObject).isPresent()) {
            app.rule("unreachableStrategy", "must be disabled for apps with persistent volumes");
        }
        if ((resident || usesAlone) && !app.has("unreachableStrategy")) {
            return new UnreachableStrategy.Disabled();
        }
        if (app.given("unreachableStrategy").filter(JsonNode::isTextual).isPresent()) {
            app.literal("unreachableStrategy", List.of("disabled"));
            return new UnreachableStrategy.Disabled();
        }
        return app.object("unreachableStrategy")
                .<UnreachableStrategy>map(StrategyJson::replace)
                .orElse(UnreachableStrategy.DEFAULT);
    }

    private static UnreachableStrategy.Replace replace(Fields strategy) {
        var inactive = strategy.longSeconds("inactiveAfterSeconds").orElse(Duration.ZERO);
        var expunge = strategy.longSeconds("expungeAfterSeconds").orElse(Duration.ZERO);
        if (inactive.compareTo(expunge) > 0
                && strategy.sound("inactiveAfterSeconds", "expungeAfterSeconds")) {
            strategy.rule(
                    "inactiveAfterSeconds",
                    "inactiveAfterSeconds (%d) must be less or equal to expungeAfterSeconds, which is %d"
                            .formatted(inactive.toSeconds(), expunge.toSeconds()));
        }
        return new UnreachableStrategy.Replace(inactive, expunge);
    }

    static JsonNode write(UpgradeStrategy strategy) {
        var json = JsonNodeFactory.instance.objectNode();
        json.set("minimumHealthCapacity", Numbers.of(strategy.minimumHealthCapacity()));
        json.set("maximumOverCapacity", Numbers.of(strategy.maximumOverCapacity()));
        strategy.progressDeadline()
                .ifPresent(time -> json.put("progressDeadlineSeconds", time.toSeconds()));
        strategy.canary().ifPresent(n -> json.putObject("canary").put("instances", n));
        strategy.maxLaunchFailures().ifPresent(n -> json.put("maxLaunchFailures", n));
        strategy.autoRollback().ifPresent(wanted -> json.put("autoRollback", wanted));
        return json;
    }

    static JsonNode write(UnreachableStrategy strategy) {
        return switch (strategy) {
            case UnreachableStrategy.Disabled _ -> TextNode.valueOf("disabled");
            case UnreachableStrategy.Replace(var inactive, var expunge) ->
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("inactiveAfterSeconds", inactive.toSeconds())
                            .put("expungeAfterSeconds", expunge.toSeconds());
        };
    }
}
