package io.ekiden.gateway.core;

import io.ekiden.model.Condition;
import io.ekiden.model.EndedTask;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which agent has a task's files: the one it runs on, or ran on, as long as that is remembered.
public final class TaskPlaces {
    private TaskPlaces() {}

    /// What is known of a task's agent.
    public sealed interface Place {
        /// @param address of the agent's data plane, `http://host:port`
        record At(TaskId taskId, String agentId, String hostname, String address)
                implements Place {}

        record Nowhere(Answer refusal) implements Place {}
    }

    private record Found(String agentId, String hostname) {}

    /// Of the task that the path names.
    public static Place of(ApiRequest request, ClusterImage image) {
        var name = request.part("task");
        var taskId = TaskId.parse(name);
        var found = taskId.flatMap(id -> find(id, image));
        if (found.isEmpty()) {
            return new Place.Nowhere(Failures.noTask(name));
        }
        var agent = found.get();
        return image.agent(agent.agentId())
                .<Place>map(known ->
                        known.address()
                                .<Place>map(address ->
                                        new Place.At(
                                                taskId.get(),
                                                known.id(),
                                                known.hostname(),
                                                address))
                                .orElseGet(() ->
                                        new Place.Nowhere(Failures.agentServesNoFiles(known.id()))))
                .orElseGet(() -> new Place.Nowhere(Failures.agentGone(agent.agentId())));
    }

    /// A pod's container is where its pod's task is.
    private static Optional<Found> find(TaskId named, ClusterImage image) {
        var taskId = named.unit();
        return image.instanceOf(taskId)
                .filter(instance -> instance.condition() != Condition.SCHEDULED)
                .flatMap(instance -> instance.placement())
                .map(at -> new Found(at.agentId(), at.hostname()))
                .or(() ->
                        image.endedTask(taskId)
                                .map(ended -> new Found(ended.agentId(), ended.hostname())));
    }

    /// The tasks that ended last, the newest first: of one app with `appId`, else of all.
    public static Answer ended(ApiRequest request, ClusterImage image) {
        var body = Answer.object();
        var list = body.putArray("tasks");
        var apps =
                request.first("appId")
                        .map(id -> List.of(PathId.of(id)))
                        .orElseGet(() -> image.runSpecs().stream().map(spec -> spec.id()).toList());
        apps.stream()
                .filter(request::sees)
                .map(image::endedTasks)
                .flatMap(Collection::stream)
                .sorted(Comparator.comparing(EndedTask::endedAt).reversed())
                .forEach(task -> {
                    var json = list.addObject();
                    json.put("taskId", task.taskId().value());
                    json.put("appId", task.runSpecId().value());
                    json.put("host", task.hostname());
                    json.put("slaveId", task.agentId());
                    json.put("state", task.condition().taskState());
                    json.put("message", task.message());
                    json.put("version", Timestamps.format(task.version()));
                    task.stagedAt().ifPresent(at -> json.put("stagedAt", Timestamps.format(at)));
                    task.startedAt().ifPresent(at -> json.put("startedAt", Timestamps.format(at)));
                    json.put("endedAt", Timestamps.format(task.endedAt()));
                });
        return Answer.ok(body);
    }
}
