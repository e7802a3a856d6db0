package io.ekiden.planner.core;

import io.ekiden.json.AppJson;
import io.ekiden.json.Dialect;
import io.ekiden.json.Parsed;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Precondition;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.GroupTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes in wanted changes of apps: works out the definitions that would result, refuses what
/// breaks a rule, and starts the deployment that leads there. Each returns the answer.
final class Changes {
    private final Turn turn;
    private final boolean force;

    private final Target target;

    private Changes(Turn turn, boolean force) {
        this.turn = turn;
        this.force = force;
        this.target = new Target(turn);
    }

    static Fact take(Turn turn, WantedChange wanted) {
        return unmet(turn.image(), wanted)
                .or(() -> outdated(turn, wanted))
                .<Fact>map(Fact.Refused::new)
                .orElseGet(() -> take(turn, wanted.change(), wanted.force()));
    }

    /// What the caller made the change depend on is not so.
    private static Optional<Rejection> unmet(ClusterImage image, WantedChange wanted) {
        return wanted.precondition()
                .flatMap(condition -> {
                    var version =
                            switch (condition.kind()) {
                                case APP_OR_POD ->
                                        image.runSpec(condition.id()).map(RunSpec::version);
                                case GROUP ->
                                        GroupTree.of(image, condition.id())
                                                .map(tree -> tree.group().version());
                            };
                    return condition.holds(version)
                            ? Optional.empty()
                            : Optional.of(
                                    new Rejection.PreconditionFailed(
                                            "'%s' %s, which the request's If-Match or If-None-Match rules out."
                                                    .formatted(
                                                            condition.id(),
                                                            version.map(Precondition::tag)
                                                                    .map("is at version "::concat)
                                                                    .orElse("does not exist"))));
                });
    }

    /// The gateway allowed the change on definitions that are others by now.
    private static Optional<Rejection> outdated(Turn turn, WantedChange wanted) {
        return wanted.basis().orElse(List.of()).stream()
                .filter(seen ->
                        !turn.image()
                                .runSpec(seen.id())
                                .map(RunSpec::version)
                                .equals(seen.version()))
                .findFirst()
                .map(seen ->
                        new Rejection.Conflict(
                                "'%s' was changed by somebody else in the same moment. Look at it, then try again."
                                        .formatted(seen.id())));
    }

    private static Fact take(Turn turn, Change change, boolean force) {
        return switch (change) {
            case Change.CreateApp create -> new Changes(turn, force).create(create);
            case Change.UpdateApps update -> new Changes(turn, force).update(update);
            case Change.DeleteApp(var id) -> new Changes(turn, force).delete(RunSpec.Kind.APP, id);
            case Change.CreatePod create -> PodChanges.create(new Changes(turn, force), create);
            case Change.UpdatePod update -> PodChanges.update(new Changes(turn, force), update);
            case Change.DeletePod(var id) -> new Changes(turn, force).delete(RunSpec.Kind.POD, id);
            case Change.KillPodInstances kill -> PodChanges.kill(turn, kill);
            case Change.RestartApp(var id) -> new Changes(turn, force).restart(id);
            case Change.CreateGroup create -> new GroupUpdates(turn, force).create(create);
            case Change.UpdateGroup(var id, var definition) ->
                    new GroupUpdates(turn, force).update(id, definition);
            case Change.EnforceRole enforce -> new GroupUpdates(turn, force).enforceRole(enforce);
            case Change.DeleteGroup(var id) -> new GroupUpdates(turn, force).delete(id);
            case Change.CancelDeployment(var id) -> Reverting.take(turn, id, force);
            case Change.DryRun(var tried) -> turn.dry(() -> take(turn, tried, force));
            case Change.KillTasks kill -> TaskKills.take(turn, kill, force);
            case Change.KillAppTasks kill -> TaskKills.take(turn, kill, force);
            case Change.PauseDeployment(var id, var paused) ->
                    DeploymentOrders.pause(turn, id, paused);
            case Change.PromoteDeployment(var id) -> DeploymentOrders.promote(turn, id);
            case Change.DrainAgent(var id, var draining) -> Evacuation.take(turn, id, draining);
            case Change.Subscribe(var url) -> Subscriptions.subscribe(turn, url);
            case Change.Unsubscribe(var url) -> Subscriptions.unsubscribe(turn, url);
            case Change.ResetDelay(var id) -> resetDelay(turn, id);
        };
    }

    private Fact create(Change.CreateApp create) {
        return create(
                RunSpec.Kind.APP,
                create.id(),
                AppJson.read(create.id(), create.definition(), dialect()));
    }

    Dialect dialect() {
        return turn.version().dialect();
    }

    /// Refused when there is one of this kind and id already.
    Fact create(RunSpec.Kind kind, PathId id, Parsed<? extends RunSpec> parsed) {
        return current(kind, id).isPresent()
                ? new Fact.Refused(new Rejection.AlreadyExists(kind, id))
                : replace(parsed);
    }

    /// Puts this definition in the place of what has its id, if anything has.
    Fact replace(Parsed<? extends RunSpec> parsed) {
        return edit(parsed).<Fact>map(Fact.Refused::new).orElseGet(this::deploy);
    }

    private Optional<RunSpec> current(RunSpec.Kind kind, PathId id) {
        return target.spec(id).filter(spec -> spec.kind() == kind);
    }

    private Fact update(Change.UpdateApps update) {
        boolean bulk = update.updates().size() > 1;
        var problems = new ArrayList<Problem>();
        for (int i = 0; i < update.updates().size(); i++) {
            var refused = updated(update.updates().get(i), update);
            if (refused.isPresent() && refused.get() instanceof Rejection.Invalid(var wrong)) {
                var place = bulk ? "(" + i + ")" : "";
                wrong.forEach(problem -> problems.add(problem.in(place)));
            } else if (refused.isPresent()) {
                return new Fact.Refused(refused.get());
            }
        }
        return problems.isEmpty() ? deploy() : new Fact.Refused(new Rejection.Invalid(problems));
    }

    private Optional<Rejection> updated(Change.AppUpdate update, Change.UpdateApps options) {
        var current = current(RunSpec.Kind.APP, update.id()).map(App.class::cast);
        if (current.isEmpty()) {
            return options.create()
                    ? edit(AppJson.read(update.id(), update.definition(), dialect()))
                    : Optional.of(Rejection.NotFound.app(update.id()));
        }
        var version = rollbackVersion(update);
        if (version.isPresent()) {
            return rollback(update.id(), version.get());
        }
        return edit(
                AppJson.merge(current.get(), update.definition(), options.partial(), dialect()));
    }

    /// `{"version": …}` alone (an id may stand beside it) means: as it was then.
    private static Optional<String> rollbackVersion(Change.AppUpdate update) {
        var fields = new ArrayList<String>();
        update.definition().fieldNames().forEachRemaining(fields::add);
        fields.remove("id");
        return fields.equals(List.of("version"))
                ? Optional.of(update.definition().get("version").asText())
                : Optional.empty();
    }

    private Optional<Rejection> rollback(PathId id, String version) {
        var time = Timestamps.parse(version);
        if (time.isEmpty()) {
            return Optional.of(
                    new Rejection.IllegalArgument(
                            "Invalid timestamp provided '%s'. Expecting ISO-8601 datetime string."
                                    .formatted(version)));
        }
        var app = turn.image().version(id, time.get());
        if (app.isEmpty()) {
            return Optional.of(
                    new Rejection.NotFound(
                            "App '%s' does not exist in version %s"
                                    .formatted(id, Timestamps.format(time.get()))));
        }
        return edit(new Parsed.Ok<>(app.get()));
    }

    private Fact delete(RunSpec.Kind kind, PathId id) {
        if (current(kind, id).isEmpty()) {
            return new Fact.Refused(Rejection.NotFound.of(kind, id));
        }
        target.remove(id);
        return deploy();
    }

    private Fact restart(PathId id) {
        var app = current(RunSpec.Kind.APP, id);
        if (app.isEmpty()) {
            return new Fact.Refused(Rejection.NotFound.app(id));
        }
        target.restart(app.get());
        return deploy();
    }

    private static Fact resetDelay(Turn turn, PathId id) {
        if (turn.image().queueItem(id).isEmpty()) {
            return new Fact.Refused(
                    new Rejection.NotFound(
                            "Application %s not found in tasks queue.".formatted(id)));
        }
        Backoff.reset(turn, id);
        return new Fact.Accepted(turn.now(), Optional.empty(), List.of());
    }

    /// Notes what an app is to become, unless it may not.
    private Optional<Rejection> edit(Parsed<? extends RunSpec> parsed) {
        return switch (parsed) {
            case Parsed.Invalid<? extends RunSpec>(var problems) ->
                    Optional.of(new Rejection.Invalid(problems));
            case Parsed.Ok<? extends RunSpec>(var spec) -> {
                var shared = PodChanges.sharedId(target.spec(spec.id()), spec);
                if (shared.isEmpty()) {
                    target.put(spec);
                }
                yield shared;
            }
        };
    }

    private Fact deploy() {
        return Deploying.deploy(turn, target, force);
    }
}
