package io.ekiden.agent.core;

import io.ekiden.log.AgentReport;
import io.ekiden.model.TaskId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Reports that Kafka has not acknowledged yet, in the order in which they were made. Of each task
/// only the newest state, health, readiness and finding of each generic check are kept: what was
/// superseded before it was delivered need not be said. An immutable value.
///
/// @param next the next report's version
public record Outbox(SortedMap<Long, Pending> pending, long next) {
    static final Outbox EMPTY = new Outbox(Collections.emptySortedMap(), 1);

    /// What a report is about.
    enum Kind {
        STATUS,
        HEALTH,
        READINESS,
        CHECK,
        VOLUME,
        LEAVING
    }

    /// One report.
    ///
    /// @param subject the id of the task, container or volume; empty for a report of the agent
    ///   itself
    /// @param sentIn the epoch in which it is under way; 0 when it is not
    record Pending(Kind kind, String subject, AgentReport.OfEpoch report, long sentIn) {
        Pending sentIn(long epoch) {
            return new Pending(kind, subject, report, epoch);
        }
    }

    public Outbox {
        pending = Collections.unmodifiableSortedMap(new TreeMap<>(pending));
    }

    Outbox with(Kind kind, String subject, AgentReport.OfEpoch report) {
        var changed = new TreeMap<>(pending);
        var newest = report;
        for (var old : pending.entrySet()) {
            var before = old.getValue();
            if (before.kind() == kind && before.subject().equals(subject)) {
                newest = keepingExhausted(before.report(), newest);
                changed.remove(old.getKey());
            }
        }
        changed.put(next, new Pending(kind, subject, newest, 0));
        return new Outbox(changed, next + 1);
    }

    /// That a check was exhausted must reach the planner though the task recovered meanwhile.
    private static AgentReport.OfEpoch keepingExhausted(
            AgentReport.OfEpoch before, AgentReport.OfEpoch now) {
        return before instanceof AgentReport.HealthChanged old
                        && old.exhausted()
                        && now instanceof AgentReport.HealthChanged health
                ? new AgentReport.HealthChanged(
                        health.memberId(),
                        health.epoch(),
                        health.taskId(),
                        health.alive(),
                        true,
                        health.results())
                : now;
    }

    Outbox without(long version) {
        var changed = new TreeMap<>(pending);
        changed.remove(version);
        return new Outbox(changed, next);
    }

    Outbox withoutChecksOf(TaskId taskId) {
        return without(Kind.HEALTH, taskId)
                .without(Kind.READINESS, taskId)
                .without(Kind.CHECK, part -> new TaskId(part).unit().equals(taskId));
    }

    Outbox withoutStatusOf(TaskId taskId) {
        return without(Kind.STATUS, taskId);
    }

    private Outbox without(Kind kind, TaskId taskId) {
        return without(kind, taskId.value()::equals);
    }

    private Outbox without(Kind kind, Predicate<String> subject) {
        var changed = new TreeMap<>(pending);
        changed.values().removeIf(p -> p.kind() == kind && subject.test(p.subject()));
        return new Outbox(changed, next);
    }

    Outbox marked(long version, long epoch) {
        var changed = new TreeMap<>(pending);
        changed.computeIfPresent(version, (_, p) -> p.sentIn(epoch));
        return new Outbox(changed, next);
    }

    /// The versions that are not under way in this epoch.
    List<Long> unsentIn(long epoch) {
        return pending.entrySet().stream()
                .filter(p -> p.getValue().sentIn() != epoch)
                .map(Map.Entry::getKey)
                .toList();
    }
}
