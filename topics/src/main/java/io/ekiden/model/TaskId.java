package io.ekiden.model;

import java.util.Optional;

/// The id of one task, `<instance id>._app.<incarnation>`. A task lives once: what replaces it in
/// the same instance has the next incarnation, so an id never names two processes. A pod's instance
/// is one task too; its containers have ids of their own, `<instance
/// id>.<container>.<incarnation>`.
public record TaskId(String value) implements Comparable<TaskId> {
    static final String UNIT = "_app";

    public static Optional<TaskId> parse(String raw) {
        int incarnation = raw.lastIndexOf('.');
        int container = incarnation < 0 ? -1 : raw.lastIndexOf('.', incarnation - 1);
        if (container < 0
                || !raw.substring(incarnation + 1).matches("[0-9]{1,9}")
                || InstanceId.parse(raw.substring(0, container)).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TaskId(raw));
    }

    public InstanceId instanceId() {
        return new InstanceId(
                value.substring(0, value.lastIndexOf('.', value.lastIndexOf('.') - 1)));
    }

    /// The name of the container, if this is one of a pod's.
    public Optional<String> container() {
        int incarnation = value.lastIndexOf('.');
        int container = value.lastIndexOf('.', incarnation - 1);
        return container < 0
                ? Optional.empty()
                : Optional.of(value.substring(container + 1, incarnation))
                        .filter(name -> !name.equals(UNIT));
    }

    /// The name of the container; `_app` where there is none.
    public String part() {
        return container().orElse(UNIT);
    }

    /// The task that this container is a part of; else the task itself.
    public TaskId unit() {
        return container().isPresent() ? instanceId().task(incarnation()) : this;
    }

    /// One of the containers of this pod's task.
    public TaskId ofContainer(String name) {
        return new TaskId(instanceId() + "." + name + "." + incarnation());
    }

    public int incarnation() {
        return Integer.parseInt(value.substring(value.lastIndexOf('.') + 1));
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
