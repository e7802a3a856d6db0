package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.PodJson;
import io.ekiden.model.App;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Rejected;
import io.ekiden.model.Pod;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.state.AgentRoom;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;

/// `/v2/queue`: the apps with instances that wait to be launched, and why they wait.
final class QueueJson {
    private QueueJson() {}

    static Answer queue(ApiRequest request, ClusterImage image) {
        var queue = Answer.object();
        var items = queue.putArray("queue");
        for (var spec : image.runSpecs()) {
            var waiting = image.instancesOf(spec.id()).in(Phase::waiting);
            if (!waiting.isEmpty() && request.sees(spec.id())) {
                items.add(item(image, spec, waiting, request));
            }
        }
        return Answer.ok(queue);
    }

    private static ObjectNode item(
            ClusterImage image, RunSpec spec, List<Instance> waiting, ApiRequest request) {
        var attempt = image.queueItem(spec.id());
        var json = Answer.object();
        switch (spec) {
            case App app -> json.set("app", AppJson.write(app));
            case Pod pod -> json.set("pod", PodJson.write(pod));
        }
        json.put("count", waiting.size());
        json.set("delay", delay(image, spec, request.now()));
        // Beyond Marathon's fields: how many launches its deployment has seen fail.
        image.deploymentsOf(spec.id()).stream()
                .map(deployment -> deployment.launchFailures(spec.id()))
                .filter(failures -> failures > 0)
                .forEach(failures -> json.put("launchFailures", failures));
        if (request.all("embed").contains("lastUnusedOffers")) {
            json.set("lastUnusedOffers", unused(image, attempt));
        }
        json.set("processedOffersSummary", summary(attempt));
        json.put("role", spec.role());
        json.put("since", Timestamps.format(since(attempt, waiting)));
        return json;
    }

    private static Instant since(Optional<LaunchQueueItem> attempt, List<Instance> waiting) {
        return attempt.map(LaunchQueueItem::since)
                .orElseGet(() ->
                        waiting.stream()
                                .map(Instance::since)
                                .min(Comparator.naturalOrder())
                                .orElseThrow());
    }

    /// `overdue`: nothing but room is missing.
    private static ObjectNode delay(ClusterImage image, RunSpec spec, Instant now) {
        long left = millisOfDelay(image, spec, now);
        return Answer.object()
                .put("timeLeftSeconds", (left + 999) / 1000)
                .put("overdue", left == 0);
    }

    /// How long launches are still held back; 0 when they are not.
    static long millisOfDelay(ClusterImage image, RunSpec spec, Instant now) {
        return image.delay(spec.id())
                .filter(delay -> delay.configVersion().equals(spec.configVersion()))
                .filter(delay -> !delay.over())
                .map(delay -> Duration.between(now, delay.until()).toMillis())
                .filter(millis -> millis > 0)
                .orElse(0L);
    }

    /// Agents that were turned down, in the shape of offers. What is free there is told as it is
    /// now; beyond Marathon's fields, `wanted` and `there` tell what did not fit.
    private static ArrayNode unused(ClusterImage image, Optional<LaunchQueueItem> attempt) {
        var unused = Answer.object().arrayNode();
        for (var refusal : attempt.map(LaunchQueueItem::refusals).orElse(List.of())) {
            image.rooms()
                    .room(refusal.agentId())
                    .ifPresent(room -> {
                        var json = unused.addObject();
                        json.set("offer", offer(room));
                        json.putArray("reason").add(refusal.reason().name());
                        json.put("there", refusal.there());
                        json.put("timestamp", Timestamps.format(attempt.orElseThrow().at()));
                        json.put("wanted", refusal.wanted());
                    });
        }
        return unused;
    }

    private static ObjectNode offer(AgentRoom room) {
        var agent = room.agent();
        var json = Answer.object();
        json.set("attributes", AgentJson.attributes(Optional.of(agent)));
        json.put("agentId", agent.id());
        json.put("hostname", agent.hostname());
        json.put("id", agent.id() + "-" + agent.epoch());
        var resources = json.putArray("resources");
        scalar(resources, "cpus", room.free().cpus());
        scalar(resources, "mem", room.free().mem());
        scalar(resources, "disk", room.free().disk());
        scalar(resources, "gpus", room.free().gpus());
        var ports = resources.addObject().put("name", "ports").put("role", "*").putArray("ranges");
        room.freeRanges()
                .forEach(range ->
                        ports.addObject().put("begin", range.begin()).put("end", range.end()));
        return json;
    }

    private static void scalar(ArrayNode resources, String name, long amount) {
        resources
                .addObject()
                .put("name", name)
                .put("role", "*")
                .put("scalar", Resources.number(amount));
    }

    private static ObjectNode summary(Optional<LaunchQueueItem> attempt) {
        int processed = attempt.map(LaunchQueueItem::processed).orElse(0);
        var rejections = attempt.map(LaunchQueueItem::rejections).orElse(List.of());
        var json = Answer.object();
        json.put("processedOffersCount", processed);
        json.put("unusedOffersCount", rejections.stream().mapToInt(Rejected::declined).sum());
        attempt.ifPresent(last -> json.put("lastUnusedOfferAt", Timestamps.format(last.at())));
        json.set("rejectSummaryLastOffers", funnel(processed, rejections));
        json.set("rejectSummaryLaunchAttempt", funnel(processed, rejections));
        return json;
    }

    /// Every reason in Marathon's order; each sees what the ones before it have let through.
    private static ArrayNode funnel(int processed, List<Rejected> rejections) {
        var declined = new EnumMap<Reason, Integer>(Reason.class);
        rejections.forEach(
                rejected -> declined.merge(rejected.reason(), rejected.declined(), Integer::sum));
        var funnel = Answer.object().arrayNode();
        int left = processed;
        for (var reason : Reason.values()) {
            int turnedDown = declined.getOrDefault(reason, 0);
            funnel.addObject()
                    .put("reason", reason.name())
                    .put("declined", turnedDown)
                    .put("processed", left);
            left = Math.max(0, left - turnedDown);
        }
        return funnel;
    }
}
