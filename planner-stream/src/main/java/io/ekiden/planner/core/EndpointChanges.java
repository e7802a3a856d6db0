package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Condition;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Instance;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps the endpoints that proxies see in line with the instances: ready ones are offered,
/// draining ones finish their work, all others are withdrawn.
final class EndpointChanges {
    private EndpointChanges() {}

    static void follow(Turn turn, Optional<Instance> before, Optional<Instance> after) {
        var task = after.map(Instance::taskId);
        before.map(Instance::taskId)
                .filter(old -> !task.equals(Optional.of(old)))
                .ifPresent(old -> become(turn, old, List.of()));
        after.ifPresent(instance -> {
            // A silent agent's task may well live: proxies find out by themselves whether it
            // answers.
            if (instance.condition() != Condition.UNREACHABLE) {
                become(turn, instance.taskId(), wanted(turn, instance));
            }
        });
    }

    private static void become(Turn turn, TaskId task, List<Endpoint> wanted) {
        for (var present : turn.image().endpoints(task)) {
            if (wanted.stream().noneMatch(endpoint -> endpoint.key().equals(present.key()))) {
                turn.add(new Fact.EndpointGone(present.key()));
            }
        }
        for (var endpoint : wanted) {
            if (!turn.image().entity(endpoint.key()).equals(Optional.of(endpoint))) {
                turn.add(new Fact.EndpointPut(endpoint));
            }
        }
    }

    private static List<Endpoint> wanted(Turn turn, Instance instance) {
        if (instance.condition() != Condition.RUNNING || instance.placement().isEmpty()) {
            return List.of();
        }
        if (instance.stopping().isPresent()) {
            return turn.image().endpoints(instance.taskId()).stream()
                    .map(endpoint -> endpoint.withState(Endpoint.State.DRAINING))
                    .toList();
        }
        return turn.definition(instance)
                .filter(spec -> hasEndpoints(turn, spec) && instance.ready(spec))
                .map(spec -> offered(spec, instance))
                .orElse(List.of());
    }

    private static boolean hasEndpoints(Turn turn, RunSpec spec) {
        return switch (spec.kind()) {
            case APP -> true;
            case POD -> turn.version().offersPods();
        };
    }

    private static List<Endpoint> offered(RunSpec spec, Instance instance) {
        var at = instance.placement().orElseThrow();
        var listening = spec.listeningPorts(at.hostPorts());
        var endpoints = new ArrayList<Endpoint>();
        for (int i = 0; i < Math.min(spec.ports().size(), listening.size()); i++) {
            var port = spec.ports().get(i);
            int index = i;
            reached(at, i, listening.get(i))
                    .ifPresent(address ->
                            endpoints.add(
                                    new Endpoint(
                                            instance.taskId(),
                                            spec.id(),
                                            index,
                                            port.name(),
                                            address.host(),
                                            address.port(),
                                            port.port(),
                                            port.protocol(),
                                            EndpointLabels.of(spec, index),
                                            Endpoint.State.READY)));
        }
        return endpoints;
    }

    private record Address(String host, int port) {}

    /// At its host port, or else at the task's own address, if that is known.
    private static Optional<Address> reached(Instance.Placement at, int index, int listening) {
        int hostPort = at.hostPorts().get(index);
        return hostPort == PortDefinition.NO_HOST_PORT
                ? at.own().flatMap(Instance.OwnAddress::ip).map(ip -> new Address(ip, listening))
                : Optional.of(new Address(at.ip(), hostPort));
    }
}
