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
import io.ekiden.state.GroupTree;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The definitions and groups as a change would leave them (Marathon's target root group). A change
/// is written into it first; then the whole is judged, and what differs from now is put in force.
final class Target {
    private final Turn turn;
    private final TreeMap<PathId, RunSpec> specs;
    private final TreeMap<PathId, Group> groups;
    private final TreeSet<PathId> changedSpecs = new TreeSet<>();
    private final TreeSet<PathId> changedGroups = new TreeSet<>();
    private final TreeSet<PathId> restarts = new TreeSet<>();

    Target(Turn turn) {
        this.turn = turn;
        // From sorted maps, which takes no comparison: there may be thousands.
        specs = new TreeMap<>(turn.image().definitions());
        groups = new TreeMap<>(turn.image().groupsById());
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
        return Optional.ofNullable(specs.get(id));
    }

    Optional<Group> group(PathId id) {
        return Optional.ofNullable(groups.get(id));
    }

    /// Everything in a group, at any depth.
    List<RunSpec> within(PathId group) {
        return specs.values().stream()
                .filter(spec -> spec.id().isWithin(group) && !spec.id().equals(group))
                .toList();
    }

    SortedSet<PathId> groupsWithin(PathId id) {
        return groups.keySet().stream()
                .filter(group -> group.isWithin(id))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The groups that stand in this one itself.
    SortedSet<PathId> childGroups(PathId id) {
        var children = new TreeSet<PathId>();
        groups.keySet().stream()
                .filter(group -> !group.isRoot() && group.parent().equals(id))
                .forEach(children::add);
        within(id).stream()
                .filter(spec -> !spec.id().parent().equals(id))
                .forEach(spec ->
                        children.add(id.resolve(spec.id().segments().get(id.segments().size()))));
        return children;
    }

    boolean groupExists(PathId id) {
        return id.isRoot() || groups.containsKey(id) || !within(id).isEmpty();
    }

    void put(RunSpec spec) {
        specs.put(spec.id(), spec);
        changedSpecs.add(spec.id());
    }

    /// All instances of it are to be replaced, though its configuration is the same.
    void restart(RunSpec spec) {
        put(spec);
        restarts.add(spec.id());
    }

    void remove(PathId spec) {
        specs.remove(spec);
        changedSpecs.add(spec);
    }

    void put(Group group) {
        groups.put(group.id(), group);
        changedGroups.add(group.id());
    }

    /// The root stays, empty.
    void removeGroup(PathId id) {
        if (id.isRoot()) {
            put(Group.empty(id, turn.now()));
        } else {
            groups.remove(id);
            changedGroups.add(id);
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
        if (known == null) {
            known = Group.empty(id, turn.now());
            put(known);
        }
        return known;
    }

    /// Judges the whole, gives ports and versions and plans the way there.
    Resolution resolve() {
        replaceEmptyGroups();
        changedSpecs.stream().filter(specs::containsKey).forEach(this::ensureAncestors);
        List.copyOf(changedGroups).stream()
                .filter(groups::containsKey)
                .forEach(this::ensureAncestors);
        var clash = clash();
        if (clash.isPresent()) {
            return refused("/", clash.get());
        }
        var layers = DependencyGraph.layers(specs, groups);
        if (layers.isEmpty()) {
            return refused("/", "Dependency graph has cyclic dependencies.");
        }
        var version = Versions.nextRoot(turn);
        var edits = new TreeMap<PathId, Edit>();
        for (var id : changedSpecs) {
            var refusal = edit(id, version, edits);
            if (refusal.isPresent()) {
                return new Resolution.Refused(refusal.get());
            }
        }
        var original =
                DependencyGraph.layers(turn.image().definitions(), turn.image().groupsById())
                        .orElseGet(TreeMap::new);
        var steps = DeploymentPlanner.steps(edits, original, layers.get());
        return new Resolution.Ok(new Resolved(version, edits, groupEdits(edits, version), steps));
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
        for (var id : changedSpecs) {
            var there = groupsWithin(id);
            if (specs.containsKey(id)
                    && within(id).isEmpty()
                    && there.stream().noneMatch(changedGroups::contains)) {
                there.forEach(this::removeGroup);
            }
        }
    }

    private void ensureAncestors(PathId id) {
        for (var up = id; !up.isRoot(); up = up.parent()) {
            var parent = up.parent();
            if (!specs.containsKey(parent)) {
                ensureGroup(parent);
            }
        }
    }

    private Optional<String> clash() {
        for (var id : changedSpecs) {
            var spec = specs.get(id);
            var before = turn.image().runSpec(id);
            if (spec == null) {
                continue;
            }
            if (before.isPresent() && before.get().kind() != spec.kind()) {
                return Optional.of("Applications and Pods may not share the same id");
            }
            if (groups.containsKey(id) || !within(id).isEmpty()) {
                return Optional.of(text(spec));
            }
            var above = above(id);
            if (above.isPresent()) {
                return above.map(Target::text);
            }
        }
        return changedGroups.stream()
                .filter(groups::containsKey)
                .flatMap(id -> spec(id).or(() -> above(id)).stream())
                .findFirst()
                .map(Target::text);
    }

    private Optional<RunSpec> above(PathId id) {
        for (var up = id; !up.isRoot(); up = up.parent()) {
            if (specs.containsKey(up.parent())) {
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
    private Optional<Rejection> edit(PathId id, Instant version, SortedMap<PathId, Edit> edits) {
        var before = turn.image().runSpec(id);
        var wanted = spec(id);
        if (wanted.isEmpty()) {
            before.ifPresent(_ -> edits.put(id, new Edit(before, Optional.empty())));
            return Optional.empty();
        }
        return switch (Roles.assign(wanted.get(), before, topGroup(id))) {
            case Parsed.Invalid<RunSpec>(var problems) ->
                    Optional.of(new Rejection.Invalid(problems));
            case Parsed.Ok<RunSpec>(var spec) -> complete(spec, before, version, edits);
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
            SortedMap<PathId, Edit> edits) {
        var id = wanted.id();
        var range = turn.settings().servicePorts();
        var complete = ServicePorts.assign(wanted, specs, before, range);
        if (complete.isEmpty()) {
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
        changedGroups.stream().filter(id -> differs(image, id)).forEach(changed::add);
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
            if (groups.containsKey(up.parent())) {
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
