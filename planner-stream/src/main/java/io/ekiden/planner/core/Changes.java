package io.ekiden.planner.core;

import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.planner.core.DeploymentPlanner.Edit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Takes in wanted changes of apps: works out the definitions that would result, refuses what
/// breaks a rule, and starts the deployment that leads there. Each returns the answer.
final class Changes {
    private final Turn turn;
    private final boolean force;

    /// The definitions as they would be, and what differs from now.
    private final TreeMap<PathId, RunSpec> target = new TreeMap<>();

    private final TreeMap<PathId, Edit> edits = new TreeMap<>();

    private Changes(Turn turn, boolean force) {
        this.turn = turn;
        this.force = force;
        turn.image().runSpecs().forEach(spec -> target.put(spec.id(), spec));
    }

    static Fact take(Turn turn, WantedChange wanted) {
        var changes = new Changes(turn, wanted.force());
        return switch (wanted.change()) {
            case Change.CreateApp create -> changes.create(create);
            case Change.UpdateApps update -> changes.update(update);
            case Change.DeleteApp(var id) -> changes.delete(id);
            case Change.RestartApp(var id) -> changes.restart(id);
            case Change.KillTasks kill -> TaskKills.take(turn, kill, wanted.force());
            case Change.KillAppTasks kill -> TaskKills.take(turn, kill, wanted.force());
            case Change.DrainAgent(var id, var draining) -> Evacuation.take(turn, id, draining);
            case Change.ResetDelay(var id) -> resetDelay(turn, id);
        };
    }

    private Fact create(Change.CreateApp create) {
        if (target.containsKey(create.id())) {
            return new Fact.Refused(new Rejection.AlreadyExists(create.id()));
        }
        return edit(create.id(), AppJson.read(create.id(), create.definition()))
                .<Fact>map(Fact.Refused::new)
                .orElseGet(this::deploy);
    }

    private Fact update(Change.UpdateApps update) {
        for (var one : update.updates()) {
            var refused = updated(one, update);
            if (refused.isPresent()) {
                return new Fact.Refused(refused.get());
            }
        }
        return deploy();
    }

    private Optional<Rejection> updated(Change.AppUpdate update, Change.UpdateApps options) {
        var current =
                Optional.ofNullable(target.get(update.id()))
                        .filter(App.class::isInstance)
                        .map(App.class::cast);
        if (current.isEmpty()) {
            return options.create()
                    ? edit(update.id(), AppJson.read(update.id(), update.definition()))
                    : Optional.of(Rejection.NotFound.app(update.id()));
        }
        var version = rollbackVersion(update);
        if (version.isPresent()) {
            return rollback(update.id(), version.get());
        }
        return edit(
                update.id(), AppJson.merge(current.get(), update.definition(), options.partial()));
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
        return edit(id, new Parsed.Ok<>(app.get()));
    }

    private Fact delete(PathId id) {
        var app = turn.image().runSpec(id);
        if (app.isEmpty()) {
            return new Fact.Refused(Rejection.NotFound.app(id));
        }
        edits.put(id, new Edit(app, Optional.empty()));
        return deploy();
    }

    private Fact restart(PathId id) {
        var app = turn.image().runSpec(id);
        if (app.isEmpty()) {
            return new Fact.Refused(Rejection.NotFound.app(id));
        }
        var version = nextVersion(app);
        var restarted =
                app.get().withVersion(version, app.get().versionInfo().configChangedAt(version));
        edits.put(id, new Edit(app, Optional.of(restarted)));
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
    private Optional<Rejection> edit(PathId id, Parsed<? extends RunSpec> parsed) {
        return switch (parsed) {
            case Parsed.Invalid<? extends RunSpec>(var problems) ->
                    Optional.of(new Rejection.Invalid(problems));
            case Parsed.Ok<? extends RunSpec>(var app) -> clash(id).or(() -> assigned(id, app));
        };
    }

    private Optional<Rejection> clash(PathId id) {
        return target.keySet().stream()
                .filter(other -> !other.equals(id) && (other.isWithin(id) || id.isWithin(other)))
                .findFirst()
                .map(_ ->
                        new Rejection.Invalid(
                                List.of(
                                        Problem.rule(
                                                "/",
                                                "Groups and Applications may not have the same identifier."))));
    }

    private Optional<Rejection> assigned(PathId id, RunSpec app) {
        var before = turn.image().runSpec(id);
        var range = turn.settings().servicePorts();
        var complete = ServicePorts.assign(app, target, before, range);
        if (complete.isEmpty()) {
            return Optional.of(
                    new Rejection.Invalid(
                            List.of(
                                    Problem.rule(
                                            "/portDefinitions",
                                            "All ports in the range [%d-%d] are already in use"
                                                    .formatted(range.begin(), range.end())))));
        }
        var frozen = Volumes.frozen(before, complete.get());
        if (frozen.isPresent()) {
            return frozen;
        }
        stamped(before, complete.get())
                .ifPresent(stamped -> {
                    target.put(id, stamped);
                    edits.put(id, new Edit(before, Optional.of(stamped)));
                });
        return Optional.empty();
    }

    /// The definition with its version; empty when nothing differs.
    private Optional<RunSpec> stamped(Optional<RunSpec> before, RunSpec app) {
        return Versions.stamp(before, app, nextVersion(before));
    }

    private Instant nextVersion(Optional<RunSpec> before) {
        return Versions.next(before, turn.now());
    }

    private Fact deploy() {
        return Deploying.deploy(turn, edits, force);
    }
}
