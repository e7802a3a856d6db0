package io.ekiden.simulator.workload;

import java.util.Optional;

/// One kind of thing that users do. A new kind is a class of its own and a line in [Operations].
public interface Operation {
    /// How often, in relation to the others.
    int weight();

    /// What a user does who sees this; empty when there is nothing to do it with.
    Optional<Call> call(Seen seen);
}
