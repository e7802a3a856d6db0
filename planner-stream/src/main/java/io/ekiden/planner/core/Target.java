package io.ekiden.planner.core;

import io.ekiden.json.Parsed;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.planner.core.DeploymentPlanner.Edit;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.Definitions;
import io.ekiden.state.GroupTree;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The definitions and groups as a change would leave them (Marathon's target root group). A change
/// is written into it first; then the whole is judged, and what differs from now is put in force.
final class Target {
    private final Turn turn;
    private final Overlay<RunSpec> specs;
    private final Overlay<Group> groups;
    private final TreeSet<PathId> restarts = new TreeSet<>();

    Target(Turn turn) {
        this.turn = turn;
        specs = new Overlay<>(turn.image().definitions().specs());
        groups = new Overlay<>(turn.image().definitions().groups());
    }

    /// Of a group, what it was and what it becomes.
    record GroupEdit(Optional<Group> from, Optional<Group> to) {}

    /// What would be put in force.
    record Resolved(
            Instant version,
            NavigableMap<PathId, Edit> specs,
            SortedMap<PathId, GroupEdit> groups,
            List<Deployment.Step> steps) {}

    Optional<RunSpec> spec(PathId id) {
        return specs.get(id);
    }

    Optional<Group> group(PathId id) {
        return groups.get(id);
    }

    /// Everything in a group, at any depth.
    Collection<RunSpec> within(PathId group) {
        return specs.below(group).values();
    }

    /// The group itself and those in it, at any depth.
    SortedSet<PathId> groupsWithin(PathId id) {
        var within = new TreeSet<>(groups.below(id).keySet());
        groups.get(id).ifPresent(group -> within.add(group.id()));
        return within;
    }

    /// The groups that stand in this one itself.
    SortedSet<PathId> childGroups(PathId id) {
        var children = new TreeSet<PathId>();
        groups.below(id).keySet().stream()
                .filter(group -> group.parent().equals(id))
                .forEach(children::add);
        within(id).stream()
                .filter(spec -> !spec.id().parent().equals(id))
                .forEach(spec ->
                        children.add(id.resolve(spec.id().segments().get(id.segments().size()))));
        return children;
    }

    boolean groupExists(PathId id) {
        return id.isRoot() || groups.has(id) || !within(id).isEmpty();
    }

    void put(RunSpec spec) {
        specs.put(spec.id(), spec);
    }

    /// All instances of it are to be replaced, though its configuration is the same.
    void restart(RunSpec spec) {
        put(spec);
        restarts.add(spec.id());
    }

    void remove(PathId spec) {
        specs.remove(spec);
    }

    void put(Group group) {
        groups.put(group.id(), group);
    }

    /// The root stays, empty.
    void removeGroup(PathId id) {
        if (id.isRoot()) {
            put(Group.empty(id, turn.now()));
        } else {
            groups.remove(id);
        }
    }

    /// A group with all that is in it.
    void removeTree(PathId id) {
        within(id).forEach(spec -> remove(spec.id()));
        groupsWithin(id).forEach(this::removeGroup);
    }

    /// Puts another tree in a group's place.
    void replaceTree(PathId id, GroupTree tree) {
        removeTree(id);
        tree.groups().values().forEach(this::put);
        tree.specs().values().forEach(this::put);
    }

    /// Makes the group of this id unless it is there.
    Group ensureGroup(PathId id) {
        var known = groups.get(id);
        if (known.isPresent()) {
            return known.get();
        }
        var made = Group.empty(id, turn.now());
        put(made);
        return made;
    }

    /// Judges the whole, gives ports and versions and plans the way there.
    Resolution resolve() {
        replaceEmptyGroups();
        specs.changed().stream().filter(specs::has).forEach(this::ensureAncestors);
        List.copyOf(groups.changed()).stream().filter(groups::has).forEach(this::ensureAncestors);
        var clash = clash();
        if (clash.isPresent()) {
            return refused("/", clash.get());
        }
        var layers = layers();
        if (layers.isEmpty()) {
            return refused("/", "Dependency graph has cyclic dependencies.");
        }
        var taken = ExternalVolumes.taken(definitions(), specs);
        if (taken.isPresent()) {
            return new Resolution.Refused(taken.get());
        }
        var version = Versions.nextRoot(turn);
        var edits = new TreeMap<PathId, Edit>();
        var ports = new ServicePorts(turn.settings().servicePorts(), definitions(), specs);
        for (var id : specs.changed()) {
            var refusal = edit(id, version, ports, edits);
            if (refusal.isPresent()) {
                return new Resolution.Refused(refusal.get());
            }
        }
        var steps = DeploymentPlanner.steps(edits, formerLayers(), layers.get());
        return new Resolution.Ok(new Resolved(version, edits, groupEdits(edits, version), steps));
    }

    private Definitions definitions() {
        return turn.image().definitions();
    }

    /// Without dependencies, as most clusters are, nobody has to look at every definition.
    private Optional<Map<PathId, Integer>> layers() {
        boolean none =
                definitions().dependent() == 0
                        && specs.changed().stream()
                                .flatMap(id -> spec(id).stream())
                                .allMatch(spec -> spec.dependencies().isEmpty())
                        && groups.changed().stream()
                                .flatMap(id -> group(id).stream())
                                .allMatch(group -> group.dependencies().isEmpty());
        return none
                ? Optional.of(new TreeMap<>())
                : DependencyGraph.layers(specs.all(), groups.all());
    }

    private Map<PathId, Integer> formerLayers() {
        return definitions().dependent() == 0
                ? new TreeMap<>()
                : DependencyGraph.layers(definitions().specs(), definitions().groups())
                        .orElseGet(TreeMap::new);
    }

    sealed interface Resolution {
        record Ok(Resolved resolved) implements Resolution {}

        record Refused(Rejection why) implements Resolution {}
    }

    private static Resolution refused(String path, String text) {
        return new Resolution.Refused(new Rejection.Invalid(List.of(Problem.rule(path, text))));
    }

    /// An app or pod put at the place of a group without any replaces it, as in Marathon; not one
    /// that the same change speaks of.
    private void replaceEmptyGroups() {
        for (var id : specs.changed()) {
            var there = groupsWithin(id);
            if (specs.has(id)
                    && within(id).isEmpty()
                    && there.stream().noneMatch(groups.changed()::contains)) {
                there.forEach(this::removeGroup);
            }
        }
    }

    private void ensureAncestors(PathId id) {
        for (var up = id; !up.isRoot(); up = up.parent()) {
            var parent = up.parent();
            if (!specs.has(parent)) {
                ensureGroup(parent);
            }
        }
    }

    private Optional<String> clash() {
        for (var id : specs.changed()) {
            var spec = spec(id);
            if (spec.isEmpty()) {
                continue;
            }
            var kind = spec.get().kind();
            if (specs.before(id).filter(was -> was.kind() != kind).isPresent()) {
                return Optional.of("Applications and Pods may not share the same id");
            }
            if (groups.has(id) || !within(id).isEmpty()) {
                return spec.map(Target::text);
            }
            var above = above(id);
            if (above.isPresent()) {
                return above.map(Target::text);
            }
        }
        return groups.changed().stream()
                .filter(groups::has)
                .flatMap(id -> spec(id).or(() -> above(id)).stream())
                .findFirst()
                .map(Target::text);
    }

    private Optional<RunSpec> above(PathId id) {
        for (var up = id; !up.isRoot(); up = up.parent()) {
            if (specs.has(up.parent())) {
                return spec(up.parent());
            }
        }
        return Optional.empty();
    }

    private static String text(RunSpec spec) {
        return switch (spec.kind()) {
            case APP -> "Groups and Applications may not have the same identifier.";
            case POD -> "Groups and Pods may not have the same identifier.";
        };
    }

    /// Completes one definition and notes what it becomes, unless it may not or nothing differs.
    private Optional<Rejection> edit(
            PathId id, Instant version, ServicePorts ports, SortedMap<PathId, Edit> edits) {
        var before = specs.before(id);
        var wanted = spec(id);
        if (wanted.isEmpty()) {
            before.ifPresent(_ -> edits.put(id, new Edit(before, Optional.empty())));
            return Optional.empty();
        }
        return switch (Roles.assign(wanted.get(), before, topGroup(id))) {
            case Parsed.Invalid<RunSpec>(var problems) ->
                    Optional.of(new Rejection.Invalid(problems));
            case Parsed.Ok<RunSpec>(var spec) -> complete(spec, before, version, ports, edits);
        };
    }

    /// The top-level group in which this is; what stands in the root itself is in none.
    private Optional<Group> topGroup(PathId id) {
        return id.segments().size() > 1
                ? group(PathId.ROOT.resolve(id.segments().getFirst()))
                : Optional.empty();
    }

    private Optional<Rejection> complete(
            RunSpec wanted,
            Optional<RunSpec> before,
            Instant version,
            ServicePorts ports,
            SortedMap<PathId, Edit> edits) {
        var id = wanted.id();
        var complete = ports.assign(wanted, before);
        if (complete.isEmpty()) {
            var range = turn.settings().servicePorts();
            var text =
                    "All ports in the range [%d-%d] are already in use"
                            .formatted(range.begin(), range.end());
            return Optional.of(
                    new Rejection.Invalid(List.of(Problem.rule("/portDefinitions", text))));
        }
        var frozen = Volumes.frozen(before, complete.get());
        if (frozen.isPresent()) {
            return frozen;
        }
        var stamped =
                restarts.contains(id)
                        ? before.map(was -> Versions.restarted(was, complete.get(), version))
                        : Versions.stamp(before, complete.get(), version);
        specs.put(id, stamped.or(() -> before).orElseThrow());
        stamped.ifPresent(spec -> edits.put(id, new Edit(before, Optional.of(spec))));
        return Optional.empty();
    }

    /// The groups that the change makes, changes or removes, and those above all that it touches:
    /// they get the root's version.
    private SortedMap<PathId, GroupEdit> groupEdits(
            SortedMap<PathId, Edit> edits, Instant version) {
        var image = turn.image();
        var changed = new TreeSet<PathId>();
        groups.changed().stream().filter(id -> differs(image, id)).forEach(changed::add);
        var touched = new TreeSet<>(changed);
        changed.forEach(id -> addAbove(id, touched));
        edits.keySet().forEach(id -> addAbove(id, touched));
        var result = new TreeMap<PathId, GroupEdit>();
        for (var id : touched) {
            var now = group(id).map(group -> group.withVersion(version));
            result.put(id, new GroupEdit(image.group(id), now));
        }
        return result;
    }

    private void addAbove(PathId id, Set<PathId> touched) {
        touched.add(PathId.ROOT);
        ensureGroup(PathId.ROOT);
        for (var up = id; !up.isRoot(); up = up.parent()) {
            if (groups.has(up.parent())) {
                touched.add(up.parent());
            }
        }
    }

    private boolean differs(ClusterImage image, PathId id) {
        var before = image.group(id);
        var after = group(id);
        return before.isPresent() != after.isPresent()
                || before.filter(was -> !was.sameContent(after.orElseThrow())).isPresent();
    }
}
