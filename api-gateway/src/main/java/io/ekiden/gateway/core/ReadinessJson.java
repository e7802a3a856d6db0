package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.App;
import io.ekiden.model.Instance;
import io.ekiden.model.RunSpec;
import java.util.List;

/// Marathon's `readinessCheckResults`: what the tasks of an app that were asked have answered.
final class ReadinessJson {
    private ReadinessJson() {}

    /// Pods have no readiness checks.
    static ArrayNode of(RunSpec spec, List<Instance> instances) {
        var results = Answer.object().arrayNode();
        if (spec instanceof App app) {
            for (var check : app.readinessChecks()) {
                for (var instance : instances) {
                    instance.readiness()
                            .ifPresent(found -> results.add(result(check.name(), instance, found)));
                }
            }
        }
        return results;
    }

    private static ObjectNode result(String name, Instance instance, Instance.Readiness found) {
        var json =
                Answer.object()
                        .put("name", name)
                        .put("taskId", instance.taskId().value())
                        .put("ready", found.ready());
        found.lastResponse()
                .ifPresent(last ->
                        json.putObject("lastResponse")
                                .put("status", last.status())
                                .put("contentType", last.contentType())
                                .put("body", last.body()));
        return json;
    }
}
