package io.ekiden.agent.health;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.agent.runtime.TaskRecords;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.model.Container;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;

/// Only says since when a task runs, and where.
record NoRuntime(Optional<String> address) implements TaskRuntime {
    NoRuntime() {
        this(Optional.empty());
    }

    @Override
    public List<LocalTask> recover(List<TaskRecords.Found> found) {
        return List.of();
    }

    @Override
    public void watch(Consumer<Event> listener) {}

    @Override
    public void start(LocalTask task) {}

    @Override
    public void kill(TaskId taskId, Duration grace) {}

    @Override
    public Finding check(LocalTask task, String command, Duration timeout) {
        return new Finding.Exited(0);
    }

    @Override
    public Exec.Begun exec(LocalTask task, Exec.Wanted wanted) {
        return new Exec.Begun.Failed("nothing runs");
    }

    @Override
    public Optional<Instant> runningSince(TaskId taskId) {
        return Optional.of(Instant.EPOCH);
    }

    @Override
    public Measurement usage(TaskId taskId) {
        return new Measurement.Missing("nothing runs");
    }

    @Override
    public void collect(TaskId taskId) {}

    @Override
    public SortedSet<Container.Type> runs() {
        return Collections.emptySortedSet();
    }

    @Override
    public Optional<String> address(LocalTask task) {
        return address;
    }

    @Override
    public SortedMap<String, String> attributes() {
        return Collections.emptySortedMap();
    }

    @Override
    public void close() {}
}
