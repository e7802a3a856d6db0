package io.ekiden.gateway.core;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the audit says of a change that was decided.
final class AuditedChange {
    private AuditedChange() {}

    static String verb(Change change) {
        return switch (change) {
            case Change.CreateApp _, Change.CreatePod _, Change.CreateGroup _ -> "create";
            case Change.UpdateApps _,
                    Change.UpdatePod _,
                    Change.UpdateGroup _,
                    Change.EnforceRole _ ->
                    "update";
            case Change.DeleteApp _, Change.DeletePod _, Change.DeleteGroup _ -> "delete";
            case Change.RestartApp _ -> "restart";
            case Change.KillTasks _, Change.KillPodInstances _, Change.KillAppTasks _ -> "kill";
            case Change.CancelDeployment _ -> "cancel";
            case Change.PauseDeployment(var _, var paused) -> paused ? "pause" : "resume";
            case Change.PromoteDeployment _ -> "promote";
            case Change.DrainAgent(var _, var draining) -> draining ? "drain" : "undrain";
            case Change.Subscribe _ -> "subscribe";
            case Change.Unsubscribe _ -> "unsubscribe";
            case Change.ResetDelay _ -> "reset";
            case Change.DryRun _ -> "plan";
        };
    }

    /// What it names; for an order to a deployment, the apps that the deployment is about.
    static List<PathId> resources(Change change, JournalEntry entry) {
        return switch (change) {
            case Change.CreateApp(var id, var _) -> List.of(id);
            case Change.UpdateApps update ->
                    AuditRecord.sorted(
                            update.updates().stream().map(Change.AppUpdate::id).toList());
            case Change.DeleteApp(var id) -> List.of(id);
            case Change.CreatePod(var id, var _) -> List.of(id);
            case Change.UpdatePod(var id, var _) -> List.of(id);
            case Change.DeletePod(var id) -> List.of(id);
            case Change.RestartApp(var id) -> List.of(id);
            case Change.CreateGroup(var id, var _) -> List.of(id);
            case Change.UpdateGroup(var id, var _) -> List.of(id);
            case Change.EnforceRole(var id, var _) -> List.of(id);
            case Change.DeleteGroup(var id) -> List.of(id);
            case Change.ResetDelay(var id) -> List.of(id);
            case Change.DryRun(var tried) -> resources(tried, entry);
            case Change.KillTasks kill -> owners(kill.runSpecId(), kill.instances());
            case Change.KillPodInstances kill -> owners(Optional.of(kill.id()), kill.instances());
            case Change.KillAppTasks kill -> List.of(kill.runSpecId());
            case Change.CancelDeployment _, Change.PauseDeployment _, Change.PromoteDeployment _ ->
                    ofDeployments(entry);
            case Change.DrainAgent _, Change.Subscribe _, Change.Unsubscribe _ -> List.of();
        };
    }

    /// Ids come from outside.
    private static List<PathId> owners(Optional<PathId> named, List<InstanceId> instances) {
        var ids = new TreeSet<PathId>();
        named.ifPresent(ids::add);
        instances.forEach(instance -> ids.add(PathId.of(instance.runSpecId().value())));
        return List.copyOf(ids);
    }

    private static List<PathId> ofDeployments(JournalEntry entry) {
        var ids = new TreeSet<PathId>();
        entry.facts().stream()
                .flatMap(AuditedChange::deployment)
                .forEach(deployment -> ids.addAll(deployment.affected()));
        return List.copyOf(ids);
    }

    private static Stream<Deployment> deployment(Fact fact) {
        return switch (fact) {
            case Fact.DeploymentPut(var deployment) -> Stream.of(deployment);
            case Fact.DeploymentCancelled(var deployment, var _) -> Stream.of(deployment);
            default -> Stream.empty(); // nothing that an order to a deployment does
        };
    }

    /// Why it was not done.
    static Optional<Rejection> refusal(JournalEntry entry) {
        return entry.facts().stream()
                .flatMap(fact ->
                        switch (fact) {
                            case Fact.Refused(var rejection) -> Stream.of(rejection);
                            case Fact.InputFailed(var error) ->
                                    Stream.of(new Rejection.Failed(error));
                            default -> Stream.<Rejection>empty(); // no refusal
                        })
                .findFirst();
    }

    static boolean isRepeated(JournalEntry entry) {
        return Outcome.repeated(entry).isPresent();
    }

    static Optional<String> deploymentId(JournalEntry entry) {
        return entry.facts().stream()
                .filter(Fact.Accepted.class::isInstance)
                .flatMap(fact -> ((Fact.Accepted) fact).deploymentId().stream())
                .findFirst();
    }

    static Optional<String> cancelReason(JournalEntry entry) {
        return entry.facts().stream()
                .filter(Fact.DeploymentCancelled.class::isInstance)
                .map(fact -> ((Fact.DeploymentCancelled) fact).reason())
                .findFirst();
    }
}
