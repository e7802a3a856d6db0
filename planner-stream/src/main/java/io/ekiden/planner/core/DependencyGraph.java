package io.ekiden.planner.core;

import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which apps and pods must be up before which. What a group depends on, everything in it depends
/// on; a dependency on a group is one on everything in it. What does not exist is waited for by
/// nobody, as in Marathon.
///
/// Groups are nodes of their own, so that two groups of a thousand apps make some thousand edges
/// and not a million.
final class DependencyGraph {
    /// What a node stands for: an app or pod; all that is in a group; what all in a group depend
    /// on.
    private enum Kind {
        SPEC,
        CONTENT,
        INHERITED
    }

    private record Node(Kind kind, PathId id) {
        String key() {
            return kind + id.value();
        }
    }

    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final TreeMap<String, List<Node>> dependents = new TreeMap<>();
    private final TreeMap<String, Integer> open = new TreeMap<>();

    private DependencyGraph() {}

    /// The length of the longest way from each app or pod down its dependencies; empty when some
    /// depend on one another.
    static Optional<Map<PathId, Integer>> layers(
            SortedMap<PathId, RunSpec> specs, SortedMap<PathId, Group> groups) {
        var graph = new DependencyGraph();
        graph.build(specs, groups);
        return graph.layers();
    }

    private void build(SortedMap<PathId, RunSpec> specs, SortedMap<PathId, Group> groups) {
        var linked = new TreeSet<PathId>();
        for (var spec : specs.values()) {
            var node = new Node(Kind.SPEC, spec.id());
            spec.dependencies().forEach(id -> needs(node, id, specs));
            needs(node, new Node(Kind.INHERITED, spec.id().parent()));
            needs(new Node(Kind.CONTENT, spec.id().parent()), node);
            link(spec.id().parent(), linked, groups, specs);
        }
    }

    /// A group's content is its parent's too, and what its parent depends on, it depends on.
    private void link(
            PathId start,
            Set<PathId> linked,
            SortedMap<PathId, Group> groups,
            SortedMap<PathId, RunSpec> specs) {
        for (var id = start; linked.add(id); id = id.parent()) {
            var inherited = new Node(Kind.INHERITED, id);
            Optional.ofNullable(groups.get(id))
                    .ifPresent(group ->
                            group.dependencies().forEach(other -> needs(inherited, other, specs)));
            if (!id.isRoot()) {
                needs(inherited, new Node(Kind.INHERITED, id.parent()));
                needs(new Node(Kind.CONTENT, id.parent()), new Node(Kind.CONTENT, id));
            }
        }
    }

    private void needs(Node node, PathId id, SortedMap<PathId, RunSpec> specs) {
        needs(node, new Node(specs.containsKey(id) ? Kind.SPEC : Kind.CONTENT, id));
    }

    private void needs(Node node, Node other) {
        add(node);
        add(other);
        open.merge(node.key(), 1, Integer::sum);
        dependents.computeIfAbsent(other.key(), _ -> new ArrayList<>()).add(node);
    }

    private void add(Node node) {
        nodes.putIfAbsent(node.key(), node);
        open.putIfAbsent(node.key(), 0);
    }

    private Optional<Map<PathId, Integer>> layers() {
        var lengths = new TreeMap<String, Integer>();
        var ready = new ArrayDeque<Node>();
        nodes.values().stream().filter(node -> open.get(node.key()) == 0).forEach(ready::add);
        int done = 0;
        while (!ready.isEmpty()) {
            var node = ready.remove();
            done++;
            int length = lengths.getOrDefault(node.key(), 0) + (node.kind() == Kind.SPEC ? 1 : 0);
            for (var dependent : dependents.getOrDefault(node.key(), List.of())) {
                lengths.merge(dependent.key(), length, Math::max);
                if (open.merge(dependent.key(), -1, Integer::sum) == 0) {
                    ready.add(dependent);
                }
            }
        }
        if (done < nodes.size()) {
            return Optional.empty();
        }
        var layers = new TreeMap<PathId, Integer>();
        nodes.values().stream()
                .filter(node -> node.kind() == Kind.SPEC)
                .forEach(node -> layers.put(node.id(), lengths.getOrDefault(node.key(), 0)));
        return Optional.of(layers);
    }
}
