package io.ekiden.planner.core;

import io.ekiden.log.Actor;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.Cluster;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;

/// Decides what one input changes. A function of its arguments and nothing else: no clock, no
/// random number, no I/O. What was decided once is replayed, never decided again.
public final class Planner {
    /// Names the code that decided; raised whenever the same input may be decided otherwise.
    public static final String VERSION = "0.1";

    private final Settings settings;

    public Planner(Settings settings) {
        this.settings = settings;
    }

    /// Decides and applies. An exception inside undoes what was begun and is journalled as
    /// `InputFailed`: this method does not throw.
    public Decision decide(ClusterImage image, Header header, Input input) {
        var draft = new Draft(image);
        try {
            decide(draft, header, input);
        } catch (RuntimeException e) {
            draft.undo();
            draft.add(new Fact.InputFailed(e.toString()));
        }
        return new Decision(entry(header, input, draft.facts()), draft);
    }

    private void decide(Draft draft, Header header, Input input) {
        switch (input) {
            case Input.Founded(var id) ->
                    draft.add(
                            new Fact.ClusterPut(
                                    new Cluster(id, Optional.empty(), Optional.empty())));
            case Input.Reported(AgentReport.AgentJoined joined) -> {
                var agent =
                        new Agent(
                                joined.memberId(),
                                joined.bootId(),
                                header.sequence(),
                                1,
                                joined.hostname(),
                                joined.address(),
                                joined.resources(),
                                joined.ports(),
                                joined.attributes(),
                                Agent.State.ACTIVE,
                                header.time(),
                                Optional.empty());
                draft.add(new Fact.AgentPut(agent));
                draft.add(new Fact.Welcomed(agent, joined.session(), List.of(), List.of()));
            }
            default -> {}
        }
    }

    /// The entry of an input that cannot be journalled as it is: it is refused, nothing is changed.
    public JournalEntry refuse(Header header, Input input, Fact answer) {
        return entry(header, input, List.of(answer));
    }

    private JournalEntry entry(Header header, Input input, List<Fact> facts) {
        return new JournalEntry(
                header.sequence(),
                header.time(),
                header.previousHash(),
                VERSION,
                settings.hash(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Actor.PLANNER,
                input,
                facts);
    }
}
