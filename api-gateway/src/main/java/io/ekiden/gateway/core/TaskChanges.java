package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.model.Instance;
import io.ekiden.model.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The kills of tasks: by app, by id, in bulk.
public final class TaskChanges {
    private TaskChanges() {}

    /// `host` picks by exact name; `*` and none mean all.
    public static Wanted killOfApp(ApiRequest request) {
        return checked(
                request,
                () ->
                        new Change.KillAppTasks(
                                request.id(),
                                request.first("host").filter(host -> !host.equals("*")),
                                scale(request),
                                wipe(request)),
                TaskChanges::tasks);
    }

    public static Wanted killOne(ApiRequest request) {
        var text = request.part("task");
        var task = TaskId.parse(text);
        if (task.isEmpty()) {
            return Bodies.refuse(Failures.noTask(text));
        }
        return checked(
                request,
                () ->
                        new Change.KillTasks(
                                Optional.of(request.id()),
                                List.of(task.get()),
                                scale(request),
                                wipe(request)),
                (applied, accepted) ->
                        killed(applied, accepted).stream()
                                .findFirst()
                                .map(killed -> TaskJson.of(applied.image(), killed))
                                .map(json -> Answer.ok(Answer.object().set("task", json)))
                                .orElseGet(() ->
                                        accepted.tasks().isEmpty()
                                                ? Failures.noTask(text)
                                                : forgotten(text)));
    }

    /// It was being killed already, so that the entry says nothing of it, and is no more when the
    /// request comes again.
    private static Answer forgotten(String task) {
        return Answer.ok(Answer.object().set("task", Answer.object().put("id", task)));
    }

    /// Well-formed ids of tasks that are no more are skipped.
    public static Wanted killMany(ApiRequest request) {
        return Bodies.object(
                request,
                body -> {
                    var problem = idsProblem(body);
                    if (problem.isPresent()) {
                        return Bodies.invalid(problem.get());
                    }
                    var tasks = new ArrayList<TaskId>();
                    for (var id : body.path("ids")) {
                        var task = TaskId.parse(id.textValue());
                        if (task.isEmpty()) {
                            return Bodies.refuse(badId(id.textValue()));
                        }
                        tasks.add(task.get());
                    }
                    return checked(
                            request,
                            () ->
                                    new Change.KillTasks(
                                            Optional.empty(), tasks, scale(request), wipe(request)),
                            TaskChanges::tasks);
                });
    }

    private static Answer badId(String id) {
        return Answer.message(
                400,
                "Invalid task id '%s'. [a task id is <app>.instance-<uuid>.<container>.<number>]"
                        .formatted(id));
    }

    private static Optional<Problem> idsProblem(ObjectNode body) {
        JsonNode ids = body.path("ids");
        if (ids.isMissingNode() || ids.isNull()) {
            return Optional.of(Problem.form("/ids", "error.path.missing"));
        }
        if (!ids.isArray()) {
            return Optional.of(Problem.form("/ids", "error.expected.jsarray"));
        }
        for (int i = 0; i < ids.size(); i++) {
            if (!ids.get(i).isTextual()) {
                return Optional.of(Problem.form("/ids(" + i + ")", "error.expected.jsstring"));
            }
        }
        return Optional.empty();
    }

    private interface Kill {
        Change change();
    }

    private static Wanted checked(ApiRequest request, Kill kill, Wanted.Success killed) {
        Wanted.Success scaled =
                (applied, accepted) -> Answer.ok(DeploymentJson.result(applied, accepted));
        return Bodies.scaleAndWipe(request)
                .map(Bodies::refuse)
                .orElseGet(() ->
                        new Wanted.Write(
                                kill.change(),
                                request.flag("force", false),
                                scale(request) ? scaled : killed));
    }

    private static Answer tasks(Applied applied, Fact.Accepted accepted) {
        var tasks = TaskJson.all(applied.image(), killed(applied, accepted));
        return Answer.ok(Answer.object().set("tasks", tasks));
    }

    /// The killed tasks as the entry leaves them; those that it ended for good, as they were last.
    static List<Instance> killed(Applied applied, Fact.Accepted accepted) {
        return accepted.tasks().stream()
                .flatMap(id -> applied.image().instanceOf(id).or(() -> ended(applied, id)).stream())
                .toList();
    }

    private static Optional<Instance> ended(Applied applied, TaskId id) {
        return applied.entry().facts().stream()
                .filter(Fact.InstanceGone.class::isInstance)
                .map(fact -> ((Fact.InstanceGone) fact).last())
                .filter(instance -> instance.taskId().equals(id))
                .findFirst();
    }

    private static boolean scale(ApiRequest request) {
        return request.flag("scale", false);
    }

    private static boolean wipe(ApiRequest request) {
        return request.flag("wipe", false);
    }
}
