package io.ekiden.planner.core;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.GroupJson;
import io.ekiden.json.GroupUpdate;
import io.ekiden.json.Parsed;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import io.ekiden.state.GroupTree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Takes in wanted changes of whole groups (Marathon's `GroupUpdate`). Each is one deployment. Pods
/// cannot be defined this way: they stay, and go with their group.
final class GroupUpdates {
    private final Turn turn;
    private final Target target;
    private final boolean force;

    GroupUpdates(Turn turn, boolean force) {
        this.turn = turn;
        this.target = new Target(turn);
        this.force = force;
    }

    Fact create(Change.CreateGroup create) {
        var id = create.id();
        if (target.groupExists(id)) {
            return refused(
                    new Rejection.Conflict(
                            "Group %s is already created. Use PUT to change this group."
                                    .formatted(id)));
        }
        if (target.spec(id).isPresent()) {
            return refused(
                    new Rejection.Conflict(
                            "An app with the path %s already exists.".formatted(id)));
        }
        return update(id, create.definition());
    }

    Fact update(PathId id, ObjectNode definition) {
        return switch (GroupJson.read(id, definition, turn.version().dialect())) {
            case Parsed.Invalid<GroupUpdate>(var problems) ->
                    refused(new Rejection.Invalid(problems));
            case Parsed.Ok<GroupUpdate>(var update) ->
                    switch (update) {
                        case GroupUpdate.Content content -> content(content);
                        case GroupUpdate.ScaleBy(var factor) -> scale(id, factor);
                        case GroupUpdate.Restore(var version) -> restore(id, version);
                    };
        };
    }

    private Fact content(GroupUpdate.Content content) {
        var refusal = enforceRole(content);
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        apply(content);
        return deploy();
    }

    /// Marathon's rule: whose services change must not change what is demanded of them.
    private Optional<Rejection> enforceRole(GroupUpdate.Content content) {
        boolean before = target.group(content.id()).filter(g -> g.enforcesRole()).isPresent();
        boolean changes =
                target.groupExists(content.id())
                        && content.enforceRole().filter(wanted -> wanted != before).isPresent();
        boolean services = content.apps().isPresent() || content.groups().isPresent();
        return changes && services
                ? Optional.of(
                        new Rejection.Invalid(
                                List.of(
                                        Problem.rule(
                                                "/enforceRole",
                                                "enforceRole cannot be updated together with apps"
                                                        + " or groups"))))
                : Optional.empty();
    }

    private void apply(GroupUpdate.Content content) {
        var id = content.id();
        var group = target.ensureGroup(id);
        target.put(
                group.withDependencies(content.dependencies().orElse(group.dependencies()))
                        .withEnforceRole(content.enforceRole().or(group::enforceRole)));
        content.apps().ifPresent(apps -> replaceApps(id, apps));
        content.groups().ifPresent(groups -> replaceGroups(id, groups));
    }

    private void replaceApps(PathId group, List<App> apps) {
        var wanted = new TreeSet<PathId>();
        apps.forEach(app -> wanted.add(app.id()));
        target.within(group).stream()
                .filter(App.class::isInstance)
                .filter(app -> app.id().parent().equals(group) && !wanted.contains(app.id()))
                .forEach(app -> target.remove(app.id()));
        apps.forEach(target::put);
    }

    private void replaceGroups(PathId group, List<GroupUpdate.Content> groups) {
        var wanted = new TreeSet<PathId>();
        groups.forEach(one -> wanted.add(one.id()));
        target.childGroups(group).stream()
                .filter(child -> !wanted.contains(child))
                .forEach(target::removeTree);
        groups.forEach(this::apply);
    }

    private Fact scale(PathId id, double factor) {
        if (!target.groupExists(id)) {
            return refused(Rejection.NotFound.group(id));
        }
        var problems = new ArrayList<Problem>();
        for (var spec : target.within(id)) {
            if (spec instanceof App app) {
                long instances = (long) Math.ceil(app.instances() * factor);
                var scaled = JsonNodeFactory.instance.objectNode().put("instances", instances);
                switch (AppJson.merge(app, scaled, true)) {
                    case Parsed.Ok<App>(var ok) -> target.put(ok);
                    case Parsed.Invalid<App>(var wrong) ->
                            wrong.forEach(problem ->
                                    problems.add(
                                            Problem.rule(
                                                    "/scaleBy",
                                                    app.id()
                                                            + ": "
                                                            + String.join(
                                                                    ", ", problem.errors()))));
                }
            }
        }
        return problems.isEmpty() ? deploy() : refused(new Rejection.Invalid(problems));
    }

    private Fact restore(PathId id, Instant version) {
        var then = GroupTree.at(turn.image(), id, version);
        if (then.isEmpty()) {
            return refused(
                    new Rejection.IllegalArgument(
                            "Group %s not available in version %s"
                                    .formatted(id, Timestamps.format(version))));
        }
        target.replaceTree(id, then.get());
        return deploy();
    }

    Fact delete(PathId id) {
        if (!target.groupExists(id)) {
            return refused(Rejection.NotFound.group(id));
        }
        target.removeTree(id);
        return deploy();
    }

    Fact enforceRole(Change.EnforceRole wanted) {
        return switch (GroupJson.readEnforceRole(wanted.id(), wanted.definition())) {
            case Parsed.Invalid<Boolean>(var problems) -> refused(new Rejection.Invalid(problems));
            case Parsed.Ok<Boolean>(var enforced) -> enforceRole(wanted.id(), enforced);
        };
    }

    private Fact enforceRole(PathId id, boolean enforced) {
        if (!target.groupExists(id)) {
            return refused(Rejection.NotFound.group(id));
        }
        target.put(target.ensureGroup(id).withEnforceRole(Optional.of(enforced)));
        return Deploying.record(turn, target);
    }

    private Fact deploy() {
        return Deploying.deploy(turn, target, force);
    }

    private static Fact refused(Rejection why) {
        return new Fact.Refused(why);
    }
}
