package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.App;
import io.ekiden.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/// Marathon's `taskStats`: counts and ages of an app's tasks by what they were started for. A
/// bucket without tasks is left out.
final class TaskStats {
    private TaskStats() {}

    static ObjectNode of(App app, List<Instance> instances, Instant now) {
        var json = Answer.object();
        var scaled = app.versionInfo().lastScalingAt();
        bucket(json, "startedAfterLastScaling", instances, now, i -> began(i).isAfter(scaled));
        bucket(json, "withLatestConfig", instances, now, i -> isLatest(app, i));
        bucket(json, "withOutdatedConfig", instances, now, i -> !isLatest(app, i));
        bucket(json, "totalSummary", instances, now, _ -> true);
        return json;
    }

    private static Instant began(Instance instance) {
        return instance.startedAt().or(instance::stagedAt).orElse(instance.since());
    }

    private static boolean isLatest(App app, Instance instance) {
        return instance.configVersion().equals(app.configVersion());
    }

    private static void bucket(
            ObjectNode json,
            String name,
            List<Instance> all,
            Instant now,
            Predicate<Instance> belongs) {
        var instances = all.stream().filter(belongs).toList();
        if (instances.isEmpty()) {
            return;
        }
        var stats = json.putObject(name).putObject("stats");
        var counts = AppInfoJson.Counts.of(instances);
        stats.putObject("counts")
                .put("staged", counts.staged())
                .put("running", counts.running())
                .put("healthy", counts.healthy())
                .put("unhealthy", counts.unhealthy());
        var ages =
                instances.stream()
                        .flatMap(instance -> instance.startedAt().stream())
                        .map(started -> Duration.between(started, now).toMillis() / 1000.0)
                        .sorted()
                        .toList();
        if (!ages.isEmpty()) {
            double sum = ages.stream().mapToDouble(Double::doubleValue).sum();
            stats.putObject("lifeTime")
                    .put("averageSeconds", sum / ages.size())
                    .put("medianSeconds", median(ages));
        }
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
