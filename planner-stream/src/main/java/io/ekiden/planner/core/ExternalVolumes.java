package io.ekiden.planner.core;

import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Instance.UsedVolume;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Volume;
import io.ekiden.state.Definitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// External volumes: whose they are by the definitions, and which a task uses. That no two tasks
/// use one at once unless both share it, [Fit] sees to.
final class ExternalVolumes {
    private ExternalVolumes() {}

    /// What a task of this definition uses.
    static Optional<List<UsedVolume>> used(RunSpec spec) {
        var used =
                spec.externalVolumes().stream()
                        .map(volume -> new UsedVolume(volume.name(), volume.shared()))
                        .toList();
        return used.isEmpty() ? Optional.empty() : Optional.of(used);
    }

    static boolean anyOf(RunSpec spec, Set<String> volumes) {
        return spec.externalVolumes().stream()
                .map(Volume.External::name)
                .anyMatch(volumes::contains);
    }

    /// Marathon's rule: a volume is one app's, unless all who name it share it.
    static Optional<Rejection> taken(Definitions before, Overlay<RunSpec> specs) {
        var named = new TreeMap<String, TreeSet<PathId>>();
        for (var id : specs.changed()) {
            volumes(specs, id)
                    .forEach(volume ->
                            named.computeIfAbsent(volume.name(), _ -> new TreeSet<>()).add(id));
        }
        named.forEach((name, ids) -> ids.addAll(before.naming(name)));
        var problems = new ArrayList<Problem>();
        for (var id : specs.changed()) {
            for (var volume : volumes(specs, id)) {
                var others = others(specs, id, volume, named.get(volume.name()));
                if (!others.isEmpty()) {
                    problems.add(
                            Problem.rule(
                                    "/container",
                                    "Volume name '%s' in %s conflicts with volume(s) of same name in app(s): %s"
                                            .formatted(volume.name(), id, others)));
                }
            }
        }
        return problems.isEmpty() ? Optional.empty() : Optional.of(new Rejection.Invalid(problems));
    }

    /// Those that name it too, though one of both wants it alone.
    private static String others(
            Overlay<RunSpec> specs, PathId id, Volume.External volume, SortedSet<PathId> named) {
        return named.stream()
                .filter(other -> !other.equals(id))
                .filter(other ->
                        volumes(specs, other).stream()
                                .filter(theirs -> theirs.name().equals(volume.name()))
                                .anyMatch(theirs -> !theirs.shared() || !volume.shared()))
                .map(PathId::value)
                .collect(Collectors.joining(", "));
    }

    private static List<Volume.External> volumes(Overlay<RunSpec> specs, PathId id) {
        return specs.get(id).map(RunSpec::externalVolumes).orElse(List.of());
    }
}
