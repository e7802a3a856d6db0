package io.ekiden.state;

import io.ekiden.model.Former;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// A group with all that is in it, as it is or as it was at a root version.
///
/// What a group held is folded back from the present: [Former] says of each later root version what
/// it replaced.
public final class GroupTree {
    private final PathId id;
    private final TreeMap<PathId, Group> groups = new TreeMap<>();
    private final TreeMap<PathId, RunSpec> specs = new TreeMap<>();

    private GroupTree(PathId id) {
        this.id = id;
    }

    /// Empty when there is no such group. The root is always there; a group is when it was made or
    /// something is in it.
    public static Optional<GroupTree> of(ClusterImage image, PathId id) {
        return present(image, id).filter(GroupTree::exists);
    }

    private static Optional<GroupTree> present(ClusterImage image, PathId id) {
        var tree = new GroupTree(id);
        tree.groups.putAll(Definitions.below(image.definitions().groups(), id));
        image.group(id).ifPresent(group -> tree.groups.put(id, group));
        tree.specs.putAll(Definitions.below(image.definitions().specs(), id));
        return Optional.of(tree);
    }

    /// The group as it was at a root version; empty when that version is not known or the group was
    /// not there.
    public static Optional<GroupTree> at(ClusterImage image, PathId id, Instant version) {
        return known(image, id, version)
                ? present(image, id)
                        .map(tree -> tree.foldBack(image.formersAfter(version)))
                        .filter(GroupTree::exists)
                : Optional.empty();
    }

    private GroupTree foldBack(Collection<Former> newestFirst) {
        for (var former : newestFirst) {
            if (former.id().isWithin(id)) {
                former.group()
                        .ifPresentOrElse(
                                group -> groups.put(group.id(), group),
                                () -> groups.remove(former.id()));
            }
            if (holds(former.id())) {
                former.spec()
                        .ifPresentOrElse(
                                spec -> specs.put(spec.id(), spec),
                                () -> specs.remove(former.id()));
            }
        }
        return this;
    }

    /// The versions that a group had and can be returned to, newest first.
    public static List<Instant> versions(ClusterImage image, PathId id) {
        var versions = new TreeSet<Instant>();
        var now = image.group(id).map(Group::version);
        now.ifPresent(versions::add);
        for (var root : rootVersions(image)) {
            image.former(root, id)
                    .flatMap(Former::group)
                    .map(Group::version)
                    .ifPresent(versions::add);
        }
        return List.copyOf(versions.descendingSet());
    }

    private static boolean known(ClusterImage image, PathId id, Instant version) {
        return rootVersions(image).contains(version) || versions(image, id).contains(version);
    }

    /// From the present root version back, as far as there is no gap: a running deployment's
    /// version is kept longer than those after it.
    private static List<Instant> rootVersions(ClusterImage image) {
        var versions = new TreeSet<Instant>();
        var next = image.rootVersion();
        while (next.isPresent()) {
            versions.add(next.get());
            next = image.former(next.get(), PathId.ROOT).flatMap(Former::group).map(Group::version);
        }
        return List.copyOf(versions);
    }

    private boolean exists() {
        return id.isRoot() || groups.containsKey(id) || !specs.isEmpty();
    }

    private boolean holds(PathId spec) {
        return spec.isWithin(id) && !spec.equals(id);
    }

    public PathId id() {
        return id;
    }

    /// The group itself; one that nothing was ever said of is told by what is in it.
    public Group group() {
        return group(id);
    }

    private Group group(PathId which) {
        var known = groups.get(which);
        return known != null ? known : Group.empty(which, newest());
    }

    private Instant newest() {
        return specs.values().stream()
                .map(RunSpec::version)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /// All groups of the tree that were made, this one included.
    public SortedMap<PathId, Group> groups() {
        return groups;
    }

    /// All apps and pods of the tree.
    public SortedMap<PathId, RunSpec> specs() {
        return specs;
    }

    /// The apps and pods that stand in this group itself.
    public List<RunSpec> members() {
        return specs.values().stream().filter(spec -> spec.id().parent().equals(id)).toList();
    }

    /// The groups that stand in this group itself.
    public List<GroupTree> children() {
        var children = new TreeMap<PathId, GroupTree>();
        groups.forEach((path, group) -> {
            if (!path.equals(id)) {
                child(children, path).groups.put(path, group);
            }
        });
        specs.forEach((path, spec) -> {
            if (!path.parent().equals(id)) {
                child(children, path).specs.put(path, spec);
            }
        });
        return List.copyOf(children.values());
    }

    private GroupTree child(Map<PathId, GroupTree> children, PathId path) {
        var name = path.segments().get(id.segments().size());
        return children.computeIfAbsent(id.resolve(name), GroupTree::new);
    }
}
