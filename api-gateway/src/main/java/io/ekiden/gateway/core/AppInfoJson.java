package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.model.TaskFailure;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// Marathon's `AppInfo`: the definition and what has become of it.
final class AppInfoJson {
    private AppInfoJson() {}

    static ObjectNode of(ClusterImage image, App app, Set<Embed> embeds, Instant now) {
        var info = AppJson.write(app);
        var instances = TaskJson.listed(image, app.id());
        for (var embed : embeds) {
            switch (embed) {
                case TASKS -> info.set("tasks", TaskJson.all(image, instances));
                case COUNTS -> Counts.of(instances).into(info, "tasks");
                case DEPLOYMENTS -> deployments(image, app, info);
                case READINESS ->
                        info.set("readinessCheckResults", ReadinessJson.of(app, instances));
                case LAST_TASK_FAILURE ->
                        image.lastFailure(app.id())
                                .ifPresent(last -> info.set("lastTaskFailure", failure(last)));
                case TASK_STATS -> {
                    // Marathon's schema and its UI call it by two names.
                    info.set("taskStats", TaskStats.of(app, instances, now));
                    info.set("tasksStats", TaskStats.of(app, instances, now));
                }
            }
        }
        return info;
    }

    private static void deployments(ClusterImage image, App app, ObjectNode info) {
        var deployments = info.putArray("deployments");
        image.deployments().stream()
                .filter(deployment -> deployment.affected().contains(app.id()))
                .forEach(deployment -> deployments.addObject().put("id", deployment.id()));
    }

    private static ObjectNode failure(TaskFailure failure) {
        var json = Answer.object();
        json.put("appId", failure.runSpecId().value());
        json.put("host", failure.host().orElse(""));
        json.put("message", failure.message());
        json.put("state", failure.state());
        json.put("taskId", failure.taskId().value());
        json.put("timestamp", Timestamps.format(failure.timestamp()));
        json.put("version", Timestamps.format(failure.version()));
        failure.agentId().ifPresent(id -> json.put("slaveId", id));
        return json;
    }

    /// Marathon's four figures. Running tasks of an app without health checks are neither healthy
    /// nor unhealthy.
    record Counts(int staged, int running, int healthy, int unhealthy) {
        static Counts of(List<Instance> instances) {
            int staged = 0;
            int running = 0;
            int healthy = 0;
            int unhealthy = 0;
            for (var instance : instances) {
                staged += isStaged(instance.condition()) ? 1 : 0;
                running += instance.condition() == Condition.RUNNING ? 1 : 0;
                var results = instance.healthResults();
                boolean sick = results.stream().anyMatch(result -> !result.alive());
                unhealthy += sick ? 1 : 0;
                healthy += !sick && !results.isEmpty() ? 1 : 0;
            }
            return new Counts(staged, running, healthy, unhealthy);
        }

        private static boolean isStaged(Condition condition) {
            return condition == Condition.PROVISIONED
                    || condition == Condition.STAGING
                    || condition == Condition.STARTING;
        }

        /// `tasksStaged` and so on.
        void into(ObjectNode json, String prefix) {
            json.put(prefix + "Staged", staged);
            json.put(prefix + "Running", running);
            json.put(prefix + "Healthy", healthy);
            json.put(prefix + "Unhealthy", unhealthy);
        }
    }
}
