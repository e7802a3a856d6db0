package io.ekiden.simulator.workload;

import io.ekiden.gateway.core.ClusterViews;
import io.ekiden.model.Agent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An agent is emptied, or one that is being emptied is to be used again.
record DrainAgent() implements Operation {
    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Optional<Call> call(Seen seen) {
        return seen.pick("op.agent", List.copyOf(seen.image().agents())).map(this::call);
    }

    private Call call(Agent agent) {
        return Call.of(
                agent.draining() ? "use" : "drain",
                Map.of("agent", agent.id()),
                Map.of(),
                Optional.empty(),
                agent.draining() ? ClusterViews::endDrain : ClusterViews::drain);
    }
}
