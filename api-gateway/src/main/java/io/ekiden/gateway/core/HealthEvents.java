package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.HealthCheckJson;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.App;
import io.ekiden.model.Former;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Marathon's events about health and its checks.
///
/// @param entry that tells of them
record HealthEvents(JournalEntry entry) {
    private Event event(String type, ObjectNode fields, PathId about) {
        return Event.of(type, entry.time(), fields, Set.of(about));
    }

    List<Event> changed(Instance instance) {
        var version = Timestamps.format(instance.version());
        var status = Answer.object();
        status.put("appId", instance.runSpecId().value());
        status.put("instanceId", instance.id().value());
        status.put("version", version);
        status.put("alive", instance.healthy().orElse(false));
        var changed = Answer.object();
        changed.put("instanceId", instance.id().value());
        changed.put("runSpecId", instance.runSpecId().value());
        instance.healthy()
                .ifPresentOrElse(
                        healthy -> changed.put("healthy", healthy),
                        () -> changed.putNull("healthy"));
        changed.put("runSpecVersion", version);
        return List.of(
                event("health_status_changed_event", status, instance.runSpecId()),
                event("instance_health_changed_event", changed, instance.runSpecId()));
    }

    /// The field with the task's name holds the instance's id, as in Marathon.
    List<Event> failed(Instance instance, List<HealthCheck> checks) {
        return checks.stream()
                .map(check -> {
                    var fields = Answer.object();
                    fields.put("appId", instance.runSpecId().value());
                    fields.put("taskId", instance.id().value());
                    fields.set("healthCheck", HealthCheckJson.write(check));
                    return event("failed_health_check_event", fields, instance.runSpecId());
                })
                .toList();
    }

    /// Checks belong to a configuration: with another, they are all others.
    List<Event> defined(RunSpec spec) {
        if (!(spec instanceof App app) || !app.configVersion().equals(app.version())) {
            return List.of();
        }
        var events = new ArrayList<>(removed(app.id()));
        for (var check : app.healthChecks()) {
            var fields = Answer.object();
            fields.put("appId", app.id().value());
            fields.put("version", Timestamps.format(app.version()));
            fields.set("healthCheck", HealthCheckJson.write(check));
            events.add(event("add_health_check_event", fields, app.id()));
        }
        return events;
    }

    /// The checks that an app had before.
    List<Event> removed(PathId id) {
        return entry.facts().stream()
                .filter(Fact.FormerKept.class::isInstance)
                .map(fact -> ((Fact.FormerKept) fact).former())
                .filter(kept -> kept.id().equals(id))
                .findFirst()
                .flatMap(Former::spec)
                .filter(App.class::isInstance)
                .map(spec -> ((App) spec).healthChecks())
                .orElse(List.of())
                .stream()
                .map(check -> {
                    var fields = Answer.object().put("appId", id.value());
                    fields.set("healthCheck", HealthCheckJson.write(check));
                    return event("remove_health_check_event", fields, id);
                })
                .toList();
    }
}
