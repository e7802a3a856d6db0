package io.ekiden.agent.core;

import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// How long the sandbox and the record of an ended task are kept: the newest of each app, and none
/// for longer than `age`.
///
/// @param newest so many of each app
public record Retention(int newest, Duration age) {
    public static final Retention DEFAULT = new Retention(20, Duration.ofDays(7));

    /// An ended task whose end was acknowledged; only such are ever collected.
    public record Kept(TaskId taskId, Optional<PathId> app, Instant endedAt) {}

    /// Those to be collected now.
    public List<TaskId> expired(Collection<Kept> ended, Instant now) {
        var newestFirst =
                ended.stream()
                        .sorted(
                                Comparator.comparing(Kept::endedAt)
                                        .reversed()
                                        .thenComparing(Kept::taskId))
                        .toList();
        var seen = new TreeMap<String, Integer>();
        var expired = new HashSet<TaskId>();
        for (var kept : newestFirst) {
            int before = seen.merge(kept.app().map(PathId::value).orElse(""), 1, Integer::sum);
            if (before > newest || kept.endedAt().plus(age).isBefore(now)) {
                expired.add(kept.taskId());
            }
        }
        return expired.stream().sorted().toList();
    }
}
