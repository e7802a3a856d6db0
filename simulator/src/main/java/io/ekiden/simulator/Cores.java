package io.ekiden.simulator;

import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.AgentSteps;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.Commands;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.planner.core.Decision;
import io.ekiden.planner.core.Header;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Settings;
import io.ekiden.state.ClusterImage;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The product's own code that a run drives: where a planted bug is put in its place.
public record Cores(Planner planner, Decider decider, AgentCore agent, CommandsOf commands) {
    /// What the simulated planner is set to.
    public static final Settings SETTINGS = Settings.DEFAULT;

    /// As [Planner#decide].
    public interface Decider {
        Decision decide(ClusterImage image, Header header, Input input);
    }

    /// As [AgentSteps].
    public interface AgentCore {
        AgentSteps.Step begin(
                String agentId,
                Optional<String> clusterId,
                int defaultGraceSeconds,
                Collection<LocalTask> recovered);

        AgentSteps.Step step(AgentState state, Event event);
    }

    /// As [Commands#of].
    public interface CommandsOf {
        List<Commands.Addressed> of(JournalEntry entry);
    }

    /// Everything as it is.
    public static Cores real() {
        var planner = new Planner(SETTINGS);
        return new Cores(planner, planner::decide, new RealAgent(), Commands::of);
    }

    private static final class RealAgent implements AgentCore {
        @Override
        public AgentSteps.Step begin(
                String agentId,
                Optional<String> clusterId,
                int defaultGraceSeconds,
                Collection<LocalTask> recovered) {
            return AgentSteps.begin(agentId, clusterId, defaultGraceSeconds, recovered);
        }

        @Override
        public AgentSteps.Step step(AgentState state, Event event) {
            return AgentSteps.step(state, event);
        }
    }
}
