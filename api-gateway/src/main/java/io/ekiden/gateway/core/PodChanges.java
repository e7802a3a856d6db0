package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.UnreachableStrategy;
import java.util.ArrayList;
import java.util.List;

/// The mutations of `/v2/pods`. They check the form; whether a change makes sense is the planner's
/// to say.
public final class PodChanges {
    private PodChanges() {}

    public static Wanted create(ApiRequest request) {
        return Bodies.object(
                request,
                definition ->
                        checked(
                                definition,
                                id ->
                                        new Wanted.Write(
                                                new Change.CreatePod(id, definition),
                                                force(request),
                                                (applied, _) ->
                                                        pod(applied, 201, id)
                                                                .with("Location", id.value()))));
    }

    /// An unknown pod is created. The id in the body, when it has one, must be that of the path.
    public static Wanted update(ApiRequest request) {
        var id = request.id();
        return Bodies.object(
                request,
                definition -> {
                    var named = definition.path("id");
                    if (named.isTextual() && !PathId.of(named.textValue()).equals(id)) {
                        return Bodies.refuse(
                                Answer.message(
                                        400,
                                        "'%s' does not match definition's id ('%s')"
                                                .formatted(id, named.textValue())));
                    }
                    return checked(
                            definition.deepCopy().put("id", id.value()),
                            _ ->
                                    new Wanted.Write(
                                            new Change.UpdatePod(id, definition),
                                            force(request),
                                            (applied, _) -> pod(applied, 200, id)));
                });
    }

    private interface Next {
        Wanted of(PathId id);
    }

    private static Wanted checked(ObjectNode definition, Next next) {
        var problems = PodJson.formProblems(definition);
        if (!problems.isEmpty()) {
            return Bodies.refuse(Failures.invalid(problems));
        }
        return switch (PodJson.readId(definition)) {
            case Parsed.Ok<PathId>(var id) -> next.of(id);
            case Parsed.Invalid<PathId>(var wrong) -> Bodies.refuse(Failures.invalid(wrong));
        };
    }

    private static Answer pod(Applied applied, int status, PathId id) {
        return applied.image()
                .pod(id)
                .map(pod -> Answer.json(status, PodJson.write(pod)).tagged(pod.version()))
                .orElseGet(() -> Answer.empty(status));
    }

    public static Wanted delete(ApiRequest request) {
        return new Wanted.Write(
                new Change.DeletePod(request.id()),
                force(request),
                (applied, accepted) ->
                        Answer.empty(202).with("Location", DeploymentJson.id(applied, accepted)));
    }

    public static Wanted killOne(ApiRequest request) {
        var text = request.part("instance");
        var instance = InstanceId.parse(text);
        if (instance.isEmpty()) {
            return Bodies.refuse(malformed(text));
        }
        return kill(
                request,
                List.of(instance.get()),
                (applied, accepted) ->
                        TaskChanges.killed(applied, accepted).stream()
                                .findFirst()
                                .map(killed -> instance(applied, killed))
                                .map(Answer::ok)
                                .orElseGet(() -> Answer.ok(Answer.object().put("id", text))));
    }

    /// The body is a list of instance ids.
    public static Wanted killMany(ApiRequest request) {
        return Bodies.array(
                request,
                ids -> {
                    var instances = new ArrayList<InstanceId>();
                    for (int i = 0; i < ids.size(); i++) {
                        if (!ids.get(i).isTextual()) {
                            return Bodies.invalid(
                                    Problem.form("(" + i + ")", "error.expected.jsstring"));
                        }
                        var instance = InstanceId.parse(ids.get(i).textValue());
                        if (instance.isEmpty()) {
                            return Bodies.refuse(malformed(ids.get(i).textValue()));
                        }
                        instances.add(instance.get());
                    }
                    return kill(request, instances, PodChanges::instances);
                });
    }

    private static Answer malformed(String id) {
        return Answer.message(422, "Invalid instance id '%s'".formatted(id));
    }

    private static Wanted kill(
            ApiRequest request, List<InstanceId> instances, Wanted.Success success) {
        return new Wanted.Write(
                new Change.KillPodInstances(request.id(), instances, request.flag("wipe", false)),
                false,
                success);
    }

    private static Answer instances(Applied applied, Fact.Accepted accepted) {
        var list = Answer.object().arrayNode();
        TaskChanges.killed(applied, accepted)
                .forEach(instance -> list.add(instance(applied, instance)));
        return Answer.ok(list);
    }

    private static ObjectNode instance(Applied applied, Instance instance) {
        var strategy =
                applied.image()
                        .pod(instance.runSpecId())
                        .map(Pod::unreachableStrategy)
                        .orElse(UnreachableStrategy.DEFAULT);
        return PodStatusJson.instance(applied.image(), instance, strategy);
    }

    private static boolean force(ApiRequest request) {
        return request.flag("force", false);
    }
}
