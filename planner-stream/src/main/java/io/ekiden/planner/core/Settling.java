package io.ekiden.planner.core;

import io.ekiden.model.PathId;
import java.util.NavigableSet;
import java.util.TreeSet;

/// After an input has been taken in: moves on the deployments of what it touched, heals apps that
/// no deployment holds, and places what waits. Repeated until nothing more follows.
final class Settling {
    /// More rounds than any deployment has steps: a bug, not a big change.
    private static final int ROUNDS = 1000;

    private Settling() {}

    static void settle(Turn turn) {
        var waiting = new TreeSet<PathId>();
        boolean room = false;
        for (int round = 0; round < ROUNDS; round++) {
            var touched = turn.takeTouched();
            room |= turn.takeCapacityChanged();
            if (touched.isEmpty()) {
                Placement.place(turn, waiting, room);
                return;
            }
            waiting.addAll(touched);
            var held = advance(turn, touched);
            touched.removeAll(held);
            touched.forEach(id -> turn.image().runSpec(id).ifPresent(spec -> Scaling.adjust(turn, spec)));
        }
        throw new IllegalStateException("the decision does not settle");
    }

    /// Moves on the deployments that hold any of these apps; returns all apps held by a deployment.
    private static NavigableSet<PathId> advance(Turn turn, NavigableSet<PathId> touched) {
        var held = new TreeSet<PathId>();
        for (var deployment : turn.image().deployments()) {
            var affected = deployment.affected();
            held.addAll(affected);
            if (affected.stream().anyMatch(touched::contains)) {
                DeploymentStepper.advance(turn, deployment);
            }
        }
        return held;
    }
}
