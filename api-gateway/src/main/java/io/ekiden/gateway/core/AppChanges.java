package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// The mutations of `/v2/apps`. They check the form; whether a change makes sense is the planner's
/// to say.
public final class AppChanges {
    private AppChanges() {}

    public static Wanted create(ApiRequest request) {
        return Bodies.object(
                request,
                definition -> {
                    var problems = new LinkedHashSet<>(AppJson.formProblems(definition, false));
                    var id =
                            switch (AppJson.readId(definition)) {
                                case Parsed.Ok<PathId>(var read) -> read;
                                case Parsed.Invalid<PathId>(var wrong) -> {
                                    problems.addAll(wrong);
                                    yield PathId.ROOT;
                                }
                            };
                    if (!problems.isEmpty()) {
                        return Bodies.refuse(Failures.invalid(List.copyOf(problems)));
                    }
                    return new Wanted.Write(
                            new Change.CreateApp(id, definition),
                            force(request),
                            (applied, accepted) -> created(applied, accepted, id));
                });
    }

    private static Answer created(Applied applied, Fact.Accepted accepted, PathId id) {
        return applied.image()
                .app(id)
                .map(app ->
                        Answer.json(201, fresh(app, DeploymentJson.id(applied, accepted)))
                                .tagged(app.version()))
                .orElseGet(() -> Answer.json(201, DeploymentJson.result(applied, accepted)))
                .with("Location", id.value());
    }

    private static ObjectNode fresh(App app, String deploymentId) {
        var info = AppJson.write(app);
        info.remove("versionInfo");
        AppInfoJson.Counts.of(List.of()).into(info, "tasks");
        info.putArray("deployments").addObject().put("id", deploymentId);
        return info;
    }

    public static Wanted putOne(ApiRequest request) {
        return updateOne(request, true, request.flag("partialUpdate", true));
    }

    public static Wanted patchOne(ApiRequest request) {
        return updateOne(request, false, true);
    }

    private static Wanted updateOne(ApiRequest request, boolean create, boolean partial) {
        var id = request.id();
        return Bodies.object(
                request,
                definition -> {
                    var refusal =
                            Bodies.idProblem(id)
                                    .filter(_ -> create)
                                    .or(() -> Bodies.versionProblem(definition))
                                    .or(() ->
                                            formProblem(
                                                    definition.deepCopy().put("id", id.value())));
                    return refusal.map(Bodies::refuse)
                            .orElseGet(() -> {
                                var update = new Change.AppUpdate(id, definition);
                                return new Wanted.Write(
                                        new Change.UpdateApps(List.of(update), create, partial),
                                        force(request),
                                        (applied, accepted) -> updated(applied, accepted, id));
                            });
                });
    }

    private static Optional<Answer> formProblem(ObjectNode definition) {
        var problems = AppJson.formProblems(definition, true);
        return problems.isEmpty() ? Optional.empty() : Optional.of(Failures.invalid(problems));
    }

    private static Answer updated(Applied applied, Fact.Accepted accepted, PathId id) {
        var result = DeploymentJson.result(applied, accepted);
        return applied.created().contains(id)
                ? Answer.json(201, result).with("Location", id.value())
                : Answer.ok(result);
    }

    public static Wanted putAll(ApiRequest request) {
        return updateAll(request, true, request.flag("partialUpdate", true));
    }

    public static Wanted patchAll(ApiRequest request) {
        return updateAll(request, false, true);
    }

    private static Wanted updateAll(ApiRequest request, boolean create, boolean partial) {
        return Bodies.array(
                request,
                definitions -> {
                    var updates = new ArrayList<Change.AppUpdate>();
                    var problems = new ArrayList<Problem>();
                    for (int i = 0; i < definitions.size(); i++) {
                        var place = "(" + i + ")";
                        if (!(definitions.get(i) instanceof ObjectNode definition)) {
                            problems.add(Problem.form(place, "error.expected.jsobject"));
                        } else if (definition.path("id").isMissingNode()) {
                            return Bodies.refuse(
                                    Answer.message(422, "No id given for the app at " + place));
                        } else {
                            AppJson.formProblems(definition, true).stream()
                                    .map(p -> new Problem(place + p.path(), p.errors(), p.ofForm()))
                                    .forEach(problems::add);
                            updates.add(
                                    new Change.AppUpdate(
                                            PathId.of(definition.path("id").asText()), definition));
                        }
                    }
                    return problems.isEmpty()
                            ? new Wanted.Write(
                                    new Change.UpdateApps(updates, create, partial),
                                    force(request),
                                    AppChanges::result)
                            : Bodies.refuse(Failures.invalid(problems));
                });
    }

    /// `force` is true unless said otherwise: Marathon's default, which clients rely on.
    public static Wanted delete(ApiRequest request) {
        return delete(request, request.id());
    }

    /// `DELETE …/restart` deletes an app of that name: Marathon's way out for names of old.
    public static Wanted deleteNamedRestart(ApiRequest request) {
        return delete(request, PathId.of(request.id() + "/restart"));
    }

    private static Wanted delete(ApiRequest request, PathId id) {
        return new Wanted.Write(
                new Change.DeleteApp(id), request.flag("force", true), AppChanges::result);
    }

    public static Wanted restart(ApiRequest request) {
        return new Wanted.Write(
                new Change.RestartApp(request.id()), force(request), AppChanges::result);
    }

    public static Wanted resetDelay(ApiRequest request) {
        return new Wanted.Write(
                new Change.ResetDelay(request.id()),
                false,
                (applied, accepted) -> Answer.empty(204));
    }

    private static Answer result(Applied applied, Fact.Accepted accepted) {
        return Answer.ok(DeploymentJson.result(applied, accepted));
    }

    private static boolean force(ApiRequest request) {
        return request.flag("force", false);
    }
}
