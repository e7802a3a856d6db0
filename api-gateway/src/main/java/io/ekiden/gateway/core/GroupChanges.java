package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.GroupJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.model.PathId;

/// The mutations of `/v2/groups`. They check the form; whether a change makes sense is the
/// planner's to say.
public final class GroupChanges {
    private GroupChanges() {}

    public static Wanted create(ApiRequest request) {
        return Bodies.object(
                request,
                definition -> {
                    var id = GroupJson.id(request.id(), definition);
                    return sound(
                            id,
                            definition,
                            new Wanted.Write(
                                    new Change.CreateGroup(id, definition),
                                    request.flag("force", false),
                                    (applied, accepted) ->
                                            Answer.json(
                                                            201,
                                                            DeploymentJson.result(
                                                                    applied, accepted))
                                                    .with("Location", id.value())));
                });
    }

    /// With `dryRun`, the answer has the steps of the deployment that would run.
    public static Wanted update(ApiRequest request) {
        return Bodies.object(
                request,
                definition -> {
                    var id = GroupJson.id(request.id(), definition);
                    Change update = new Change.UpdateGroup(id, definition);
                    return sound(
                            id,
                            definition,
                            new Wanted.Write(
                                    request.flag("dryRun", false)
                                            ? new Change.DryRun(update)
                                            : update,
                                    request.flag("force", false),
                                    GroupChanges::result));
                });
    }

    /// Needs no deployment, so the answer is empty.
    public static Wanted enforceRole(ApiRequest request) {
        return Bodies.object(
                request,
                definition ->
                        switch (GroupJson.readEnforceRole(request.id(), definition)) {
                            case Parsed.Invalid<Boolean>(var problems) ->
                                    Bodies.refuse(Failures.invalid(problems));
                            case Parsed.Ok<Boolean> _ ->
                                    new Wanted.Write(
                                            new Change.EnforceRole(request.id(), definition),
                                            false,
                                            (_, _) -> Answer.empty(200));
                        });
    }

    private static Wanted sound(PathId id, ObjectNode definition, Wanted write) {
        var problems = GroupJson.formProblems(id, definition);
        return problems.isEmpty() ? write : Bodies.refuse(Failures.invalid(problems));
    }

    /// Of the root group, everything in it.
    public static Wanted delete(ApiRequest request) {
        return new Wanted.Write(
                new Change.DeleteGroup(request.id()),
                request.flag("force", false),
                GroupChanges::result);
    }

    private static Answer result(Applied applied, Fact.Accepted accepted) {
        return Answer.ok(DeploymentJson.result(applied, accepted));
    }
}
