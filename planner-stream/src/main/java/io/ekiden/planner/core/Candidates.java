package io.ekiden.planner.core;

import io.ekiden.model.Constraint.Operator;
import io.ekiden.model.PathId;
import io.ekiden.state.AgentIndex;
import io.ekiden.state.AgentRoom;
import io.ekiden.state.Rule;
import java.util.Collection;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Optional;

/// Finds the agent for an instance without looking at all of them.
///
/// `spread`: the agents are looked at from the emptiest on; the first that fits and has no instance
/// of the app is taken. When [#LOOKS] that fit all have some, the one of them with the fewest is.
/// `binpack`: the fullest that fits.
///
/// Where a constraint is on an attribute, only agents with a value that it admits are looked at.
/// What is chosen depends on what the agents are and hold, not on how it came about.
final class Candidates {
    /// Agents that fit and are compared by how many instances of the app they have.
    static final int LOOKS = 32;

    private final AgentIndex agents;
    private final Settings.Strategy strategy;

    Candidates(AgentIndex agents, Settings.Strategy strategy) {
        this.agents = agents;
        this.strategy = strategy;
    }

    Optional<AgentRoom> best(Fit fit) {
        var field = narrowest(fit);
        if (field.isEmpty()) {
            return Optional.ofNullable(first(fit, agents.all()));
        }
        AgentRoom best = null;
        for (var value : agents.by(field.get()).entrySet()) {
            if (fit.admits(field.get(), value.getKey())) {
                var next = first(fit, value.getValue());
                best = next != null && (best == null || better(next, best, fit)) ? next : best;
            }
        }
        return Optional.ofNullable(best);
    }

    /// The best of these agents only.
    Optional<AgentRoom> best(Fit fit, Collection<AgentRoom> some) {
        AgentRoom best = null;
        for (var room : some) {
            boolean fits = fit.fits(room);
            best = fits && (best == null || better(room, best, fit)) ? room : best;
        }
        return Optional.ofNullable(best);
    }

    /// The field with the fewest values of those without which no agent fits; the others are
    /// checked on each agent.
    private Optional<String> narrowest(Fit fit) {
        Optional<String> narrowest = Optional.empty();
        int fewest = Integer.MAX_VALUE;
        for (var rule : fit.rules()) {
            int values = selects(rule) ? agents.by(rule.field()).size() : Integer.MAX_VALUE;
            if (values < fewest) {
                fewest = values;
                narrowest = Optional.of(rule.field());
            }
        }
        return narrowest;
    }

    /// Where the field is missing UNLIKE holds, so it cannot select; and to ask each host by its
    /// name is no better than to ask each host.
    private static boolean selects(Rule rule) {
        return rule.operator() != Operator.UNLIKE && !rule.onHostname();
    }

    private AgentRoom first(Fit fit, NavigableSet<AgentRoom> rooms) {
        AgentRoom best = null;
        int looks = 0;
        for (Iterator<AgentRoom> i = inOrder(rooms); i.hasNext() && looks < LOOKS; ) {
            var room = i.next();
            if (!fit.fits(room)) {
                continue;
            }
            if (strategy == Settings.Strategy.BINPACK || count(room, fit) == 0) {
                return best == null || better(room, best, fit) ? room : best;
            }
            best = best == null || better(room, best, fit) ? room : best;
            looks++;
        }
        return best;
    }

    private Iterator<AgentRoom> inOrder(NavigableSet<AgentRoom> rooms) {
        return switch (strategy) {
            case SPREAD -> rooms.iterator();
            case BINPACK -> rooms.descendingIterator();
        };
    }

    private boolean better(AgentRoom room, AgentRoom other, Fit fit) {
        long share = room.freeShare() - other.freeShare();
        int order = room.agent().id().compareTo(other.agent().id());
        return switch (strategy) {
            case SPREAD -> {
                int count = count(room, fit) - count(other, fit);
                yield count != 0 ? count < 0 : share != 0 ? share > 0 : order < 0;
            }
            case BINPACK -> share != 0 ? share < 0 : order > 0;
        };
    }

    private static int count(AgentRoom room, Fit fit) {
        PathId id = fit.spec().id();
        return room.load().count(id);
    }
}
