package io.ekiden.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Optional;

/// What can be wanted. The gateway has checked the form; whether it makes sense now is the
/// planner's to say.
public sealed interface Change {

    /// `POST /v2/apps`: a definition as the user wrote it; refused when the id exists.
    record CreateApp(PathId id, ObjectNode definition) implements Change {}

    /// `PUT` and `PATCH` of one or several apps, in one deployment.
    ///
    /// @param create an unknown id is created (PUT); else the whole change is refused (PATCH)
    /// @param partial fields that are not given keep their value; else they return to their default
    record UpdateApps(List<AppUpdate> updates, boolean create, boolean partial) implements Change {
        public UpdateApps {
            updates = List.copyOf(updates);
        }
    }

    /// New values for some fields of one app; `{"version": …}` alone returns to that version.
    record AppUpdate(PathId id, ObjectNode definition) {}

    /// Stops an app and forgets it.
    record DeleteApp(PathId id) implements Change {}

    /// `POST /v2/pods`: a definition as the user wrote it; refused when the id exists.
    record CreatePod(PathId id, ObjectNode definition) implements Change {}

    /// `PUT /v2/pods/…`: a full definition; an unknown id is created.
    record UpdatePod(PathId id, ObjectNode definition) implements Change {}

    /// Stops a pod and forgets it.
    record DeletePod(PathId id) implements Change {}

    /// Replaces every instance of an app under its upgrade strategy.
    record RestartApp(PathId id) implements Change {}

    /// `POST /v2/groups`: a group as the user wrote it; refused when the id exists.
    record CreateGroup(PathId id, ObjectNode definition) implements Change {}

    /// `PUT /v2/groups`: new content for a group, or `version` or `scaleBy` alone.
    record UpdateGroup(PathId id, ObjectNode definition) implements Change {}

    /// `PATCH /v2/groups`: whether the apps of a top-level group must have its role.
    record EnforceRole(PathId id, ObjectNode definition) implements Change {}

    /// Stops everything in a group and forgets it with its groups; the root itself stays.
    record DeleteGroup(PathId id) implements Change {}

    /// Takes a running deployment back by another one; forced, it only ends where it is.
    record CancelDeployment(String deploymentId) implements Change {}

    /// Asks what a change would do, without doing it.
    record DryRun(Change change) implements Change {}

    /// Kills tasks. Their instances are launched again, or with `scale` are gone for good.
    ///
    /// @param runSpecId refuses when this app is unknown; absent for a bulk of task ids
    record KillTasks(Optional<PathId> runSpecId, List<TaskId> tasks, boolean scale, boolean wipe)
            implements Change {
        public KillTasks {
            tasks = List.copyOf(tasks);
        }

        public List<InstanceId> instances() {
            return tasks.stream().map(TaskId::instanceId).toList();
        }
    }

    /// Kills instances of a pod; they are launched again, with `wipe` without their volumes.
    record KillPodInstances(PathId id, List<InstanceId> instances, boolean wipe) implements Change {
        public KillPodInstances {
            instances = List.copyOf(instances);
        }
    }

    /// Kills all tasks of an app, or those on one host.
    record KillAppTasks(PathId runSpecId, Optional<String> host, boolean scale, boolean wipe)
            implements Change {}

    /// Holds a running deployment where it is, or lets it go on.
    record PauseDeployment(String deploymentId, boolean paused) implements Change {}

    /// The canaries of a running deployment have shown that the rest can follow.
    record PromoteDeployment(String deploymentId) implements Change {}

    /// Empties an agent: it gets nothing new, and what runs there is replaced elsewhere. Without
    /// `draining`, takes that back.
    record DrainAgent(String agentId, boolean draining) implements Change {}

    /// Wants each event posted to this URL.
    record Subscribe(String callbackUrl) implements Change {}

    record Unsubscribe(String callbackUrl) implements Change {}

    /// Ends an app's launch delay.
    record ResetDelay(PathId runSpecId) implements Change {}
}
