package io.ekiden.gateway.core.access;

import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.util.Map;
import java.util.Optional;

/// What a route asks of its caller before anything of his request is read but its line and headers.
/// A route cannot be made without. What a change touches beyond its path is [Judge]'s to say; what
/// a list shows, its view's.
public sealed interface Needs {
    /// Nobody is asked who he is.
    record Nothing() implements Needs {}

    /// To be known; where it is about paths, to have the right on some.
    record Somewhere(Action action) implements Needs {}

    /// The right on the app, pod or group that the path names; on `/` when it names none.
    record OnPath(Action action) implements Needs {}

    /// That something in the group which the path names could be seen.
    record Glimpse() implements Needs {}

    /// The right on the app or pod of the task that the path names.
    record OnTask(Action action) implements Needs {}

    /// The capability on the app or pod of the task that the path names.
    record TaskPower(Capability capability) implements Needs {}

    /// The capability on what the path names.
    record Power(Capability capability) implements Needs {}

    /// The right on the whole cluster.
    record OnCluster(Action action) implements Needs {}

    static Needs nothing() {
        return new Nothing();
    }

    /// For what is everybody's, and for lists, which show what the caller may see.
    static Needs user() {
        return new Somewhere(Action.VIEW);
    }

    static Needs view() {
        return new OnPath(Action.VIEW);
    }

    /// For a group that is shown as far as the caller may see what is in it.
    static Needs glimpse() {
        return new Glimpse();
    }

    static Needs viewTask() {
        return new OnTask(Action.VIEW);
    }

    static Needs viewCluster() {
        return new OnCluster(Action.VIEW);
    }

    static Needs deploy() {
        return new OnPath(Action.DEPLOY);
    }

    /// For changes that only their content tells what they are about.
    static Needs deployer() {
        return new Somewhere(Action.DEPLOY);
    }

    static Needs writeSecret() {
        return new Power(Capability.SECRET_WRITE);
    }

    /// What the task's definition takes, [Judge] asks.
    static Needs exec() {
        return new TaskPower(Capability.EXEC);
    }

    static Needs operate() {
        return new OnCluster(Action.OPERATE);
    }

    /// @param path the variable parts of the route, decoded, by their names
    /// @return what the caller lacks
    default Optional<Lack> lackOf(Caller caller, Map<String, String> path) {
        var id = PathId.of(path.getOrDefault("id", "/"));
        return switch (this) {
            case Nothing() -> Optional.empty();
            case Somewhere(var action) -> lack(caller.maySomewhere(action), action, PathId.ROOT);
            case OnPath(var action) -> lack(caller.may(action, id), action, id);
            case Power(var capability) ->
                    caller.has(capability, id)
                            ? Optional.empty()
                            : Optional.of(Lack.of(capability, id));
            case Glimpse() -> lack(caller.glimpses(id), Action.VIEW, id);
            case OnCluster(var action) ->
                    lack(caller.may(action, PathId.ROOT), action, PathId.ROOT);
            // What is no task's id will not be found.
            case OnTask(var action) ->
                    ownerOfTask(path)
                            .flatMap(owner -> lack(caller.may(action, owner), action, owner));
            case TaskPower(var capability) ->
                    ownerOfTask(path)
                            .filter(owner -> !caller.has(capability, owner))
                            .map(owner -> Lack.of(capability, owner));
        };
    }

    private static Optional<PathId> ownerOfTask(Map<String, String> path) {
        return TaskId.parse(path.getOrDefault("task", "")).map(Needs::owner);
    }

    private static Optional<Lack> lack(boolean may, Action action, PathId id) {
        return may ? Optional.empty() : Optional.of(Lack.of(action, id));
    }

    /// The app or pod of a task, normalised: its id comes from outside.
    public static PathId owner(TaskId task) {
        return owner(task.instanceId());
    }

    /// The app or pod of an instance, normalised: its id comes from outside.
    static PathId owner(InstanceId instance) {
        return PathId.of(instance.runSpecId().value());
    }
}
