package io.ekiden.gateway.core.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.GroupJson;
import io.ekiden.json.GroupUpdate;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.log.Change;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.Deployment;
import io.ekiden.model.Group;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.GroupTree;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Judges a change by each object that it touches, as the planner will understand it, and not by
/// the request's path.
///
/// A definition takes the capabilities of what would result, not of what is written in the request:
/// whoever changes the command of an app that has a directory of the machine uses that directory.
/// Where the configuration stays as it is (scaling, restarts, kills) none are taken.
public final class Judge {
    private final Caller caller;
    private final ClusterImage image;
    private final Set<Lack> lacks = new LinkedHashSet<>();
    private final TreeMap<PathId, WantedChange.Basis> basis = new TreeMap<>();
    private final TreeSet<PathId> touched = new TreeSet<>();
    private Optional<String> absent = Optional.empty();

    private Judge(Caller caller, ClusterImage image) {
        this.caller = caller;
        this.image = image;
    }

    /// @param image as new as can be
    public static Verdict of(Caller caller, Change change, boolean force, ClusterImage image) {
        if (caller.mayAnything()) {
            return new Verdict.Allowed(List.of());
        }
        var judge = new Judge(caller, image);
        judge.weigh(change);
        if (force) {
            judge.overridden();
        }
        return judge.verdict();
    }

    /// What a caller lacks to run a command in a task, who may run commands there: what its
    /// definition takes, the command has too. Empty when there is no such task.
    public static List<Lack> lacksIn(TaskId task, Caller caller, ClusterImage image) {
        var judge = new Judge(caller, image);
        image.instanceOf(task.unit()).ifPresent(judge::inhabit);
        return List.copyOf(judge.lacks);
    }

    private void inhabit(Instance instance) {
        var id = instance.runSpecId();
        image.runSpec(id)
                .filter(newest -> newest.version().equals(instance.version()))
                .or(() -> image.version(id, instance.version()))
                .ifPresentOrElse(
                        this::takes,
                        // It may have taken anything.
                        () -> Arrays.stream(Capability.values()).forEach(power -> take(power, id)));
    }

    private Verdict verdict() {
        if (!lacks.isEmpty()) {
            return new Verdict.Denied(List.copyOf(lacks));
        }
        return absent.<Verdict>map(Verdict.Absent::new)
                .orElseGet(() -> new Verdict.Allowed(List.copyOf(basis.values())));
    }

    private void weigh(Change change) {
        switch (change) {
            case Change.CreateApp(var id, var definition) -> app(id, definition, false);
            case Change.UpdateApps update ->
                    update.updates()
                            .forEach(one -> app(one.id(), one.definition(), update.partial()));
            case Change.DeleteApp(var id) -> deploy(id);
            case Change.CreatePod(var id, var definition) -> pod(id, definition);
            case Change.UpdatePod(var id, var definition) -> pod(id, definition);
            case Change.DeletePod(var id) -> deploy(id);
            case Change.RestartApp(var id) -> deploy(id);
            case Change.CreateGroup(var id, var definition) -> group(id, definition);
            case Change.UpdateGroup(var id, var definition) -> group(id, definition);
            case Change.EnforceRole(var id, var _) -> deploy(id);
            case Change.DeleteGroup(var id) -> deploy(id);
            case Change.CancelDeployment(var id) -> deployment(id);
            case Change.PauseDeployment(var id, var _) -> deployment(id);
            case Change.PromoteDeployment(var id) -> deployment(id);
            case Change.DryRun(var tried) -> weigh(tried);
            case Change.KillTasks kill -> {
                kill.runSpecId().ifPresent(this::deploy);
                owners(kill.instances());
            }
            case Change.KillPodInstances kill -> {
                deploy(kill.id());
                owners(kill.instances());
            }
            case Change.KillAppTasks kill -> deploy(kill.runSpecId());
            case Change.ResetDelay(var id) -> deploy(id);
            case Change.DrainAgent _, Change.Subscribe _, Change.Unsubscribe _ ->
                    need(Action.OPERATE, PathId.ROOT);
        }
    }

    private void need(Action action, PathId id) {
        if (!caller.may(action, id)) {
            lacks.add(Lack.of(action, id));
        }
    }

    private void deploy(PathId id) {
        touched.add(id);
        need(Action.DEPLOY, id);
    }

    private void owners(List<InstanceId> instances) {
        instances.stream().map(Needs::owner).distinct().forEach(this::deploy);
    }

    private void app(PathId id, ObjectNode definition, boolean partial) {
        deploy(id);
        if (onlyScales(definition)) {
            return;
        }
        var current = image.app(id);
        var version = versionAlone(definition);
        if (version.isPresent()) {
            Timestamps.parse(version.get())
                    .flatMap(time -> image.version(id, time))
                    .ifPresent(this::becomes);
            based(id);
            return;
        }
        var parsed =
                current.map(app -> AppJson.merge(app, definition, partial))
                        .orElseGet(() -> AppJson.read(id, definition));
        result(id, parsed);
    }

    private static boolean onlyScales(ObjectNode definition) {
        return definition
                .propertyStream()
                .allMatch(
                        field -> field.getKey().equals("id") || field.getKey().equals("instances"));
    }

    /// As the planner reads it: back to a version.
    private static Optional<String> versionAlone(ObjectNode definition) {
        var others = definition.deepCopy().without(List.of("id", "version"));
        return others.isEmpty() && definition.has("version")
                ? Optional.of(definition.path("version").asText())
                : Optional.empty();
    }

    private void pod(PathId id, ObjectNode definition) {
        deploy(id);
        result(id, PodJson.read(id, definition));
    }

    /// What breaks a rule is the planner's to refuse, and it will: it judges on the same basis.
    private void result(PathId id, Parsed<? extends RunSpec> parsed) {
        if (parsed instanceof Parsed.Ok<? extends RunSpec>(var spec)) {
            becomes(spec);
        }
        based(id);
    }

    private void based(PathId id) {
        // Secrets may be anywhere.
        boolean any = caller.has(Capability.SECRET_READ, PathId.ROOT);
        if (!any || !caller.hasEveryCapability(id)) {
            var version = image.runSpec(id).map(RunSpec::version);
            basis.put(id, new WantedChange.Basis(id, version));
        }
    }

    private void becomes(RunSpec spec) {
        var current = image.runSpec(spec.id());
        dependencies(
                spec.dependencies(), current.map(RunSpec::dependencies).orElseGet(TreeSet::new));
        // The planner gives the role that a definition does not name; none takes a power.
        boolean alike =
                current.filter(is ->
                                spec.role().equals(RunSpec.NO_ROLE)
                                        ? spec.withRole(is.role()).sameConfig(is)
                                        : spec.sameConfig(is))
                        .isPresent();
        if (!alike) {
            takes(spec);
        }
    }

    private void takes(RunSpec spec) {
        Powers.of(spec).forEach(power -> take(power, spec.id()));
        secrets(spec).forEach(path -> take(Capability.SECRET_READ, path));
    }

    /// A secret is where its path says, wherever the definition is that names it.
    private static Stream<PathId> secrets(RunSpec spec) {
        return spec.secrets().stream()
                .flatMap(secrets -> secrets.sources().values().stream())
                .map(PathId::of);
    }

    private void take(Capability power, PathId id) {
        if (!caller.has(power, id)) {
            lacks.add(Lack.of(power, id));
        }
    }

    /// To wait for something is to know of it. Those that somebody else has set may stay.
    private void dependencies(Collection<PathId> wanted, SortedSet<PathId> before) {
        wanted.stream().filter(id -> !before.contains(id)).forEach(id -> need(Action.VIEW, id));
    }

    private void group(PathId id, ObjectNode definition) {
        members(id, definition);
        switch (GroupJson.read(id, definition)) {
            case Parsed.Ok<GroupUpdate>(GroupUpdate.Content content) -> content(content);
            case Parsed.Ok<GroupUpdate>(GroupUpdate.Restore(var version)) -> restore(id, version);
            case Parsed.Ok<GroupUpdate>(GroupUpdate.ScaleBy _) -> {}
            // Refused whatever the state is.
            case Parsed.Invalid<GroupUpdate> _ -> {}
        }
    }

    /// Every id in the tree as it is written, also one that does not belong there.
    private void members(PathId id, JsonNode group) {
        deploy(id);
        for (var app : group.path("apps")) {
            child(id, app).ifPresent(this::deploy);
        }
        for (var one : group.path("groups")) {
            child(id, one).ifPresent(member -> members(member, one));
        }
    }

    private static Optional<PathId> child(PathId group, JsonNode member) {
        return Optional.ofNullable(member.path("id").textValue()).map(group::resolve);
    }

    private void content(GroupUpdate.Content content) {
        content.dependencies()
                .ifPresent(wanted -> dependencies(wanted, dependencies(content.id())));
        for (App app : content.apps().orElse(List.of())) {
            becomes(app);
            based(app.id());
        }
        content.groups().orElse(List.of()).forEach(this::content);
    }

    private SortedSet<PathId> dependencies(PathId group) {
        return image.group(group).map(Group::dependencies).orElseGet(TreeSet::new);
    }

    private void restore(PathId id, Instant version) {
        GroupTree.at(image, id, version)
                .ifPresent(tree ->
                        tree.specs()
                                .values()
                                .forEach(spec -> {
                                    becomes(spec);
                                    based(spec.id());
                                }));
    }

    private void deployment(String id) {
        image.deployment(id)
                .ifPresentOrElse(
                        running -> running.affected().forEach(this::deploy),
                        () ->
                                absent =
                                        Optional.of(
                                                "DeploymentPlan %s does not exist".formatted(id)));
    }

    /// To force is to cancel what stands in the way, wherever else that is at work.
    private void overridden() {
        image.deployments().stream()
                .map(Deployment::affected)
                .filter(affected -> affected.stream().anyMatch(this::isTouched))
                .flatMap(Collection::stream)
                .forEach(id -> need(Action.DEPLOY, id));
    }

    private boolean isTouched(PathId id) {
        return touched.stream().anyMatch(id::isWithin);
    }
}
