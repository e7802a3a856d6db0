package io.ekiden.planner.core;

import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// After an input has been taken in: moves on the deployments of what it touched, heals apps that
/// no deployment holds, and places what waits. Repeated until nothing more follows.
final class Settling {
    /// More rounds than any deployment has steps: a bug, not a big change.
    private static final int ROUNDS = 1000;

    private Settling() {}

    static void settle(Turn turn) {
        var waiting = new TreeSet<PathId>();
        for (int round = 0; round < ROUNDS; round++) {
            var touched = turn.takeTouched();
            if (touched.isEmpty()) {
                Placement.place(turn, waiting);
                return;
            }
            waiting.addAll(touched);
            var held = advance(turn, touched);
            touched.removeAll(held);
            touched.forEach(id -> tend(turn, id));
        }
        throw new IllegalStateException("the decision does not settle");
    }

    /// Of what no deployment holds: what is there has its number, and what is gone has left
    /// nothing, though the deployment that was to see to it was cancelled.
    private static void tend(Turn turn, PathId id) {
        var spec = turn.image().runSpec(id);
        if (spec.isPresent()) {
            Scaling.adjust(turn, spec.get());
        } else {
            DeploymentStepper.stopped(turn, id);
        }
    }

    /// Moves on the deployments that hold any of these apps; returns those of them that are held.
    private static NavigableSet<PathId> advance(Turn turn, NavigableSet<PathId> touched) {
        var held = new TreeSet<PathId>();
        var deployments = new TreeMap<String, Deployment>();
        for (var id : touched) {
            for (var deployment : turn.image().deploymentsOf(id)) {
                held.add(id);
                deployments.put(deployment.id(), deployment);
            }
        }
        deployments.values().forEach(deployment -> DeploymentStepper.advance(turn, deployment));
        return held;
    }
}
