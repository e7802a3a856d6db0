package io.ekiden.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// An agent: a machine, or a share of one, that runs tasks.
///
/// @param bootId the machine's boot; another one means that every task has ended
/// @param epoch the journal sequence of its last `joined`; commands and reports of another are void
/// @param partition of `agent-commands` on which it is spoken to
/// @param ports the host ports it offers
/// @param disks for persistent volumes, besides its own
/// @param ip at which its tasks are reached
/// @param runtimes that can run tasks there now
/// @param draining whether it is being emptied: it gets nothing new, until that is taken back
/// @param address of its data plane, `http://host:port`; absent when it serves none
/// @param sealingKey for what only this agent is to read, of its present life
public record Agent(
        String id,
        String bootId,
        long epoch,
        int partition,
        String hostname,
        String ip,
        Optional<String> address,
        Resources resources,
        List<PortRange> ports,
        Optional<List<Disk>> disks,
        SortedMap<String, String> attributes,
        SortedSet<Container.Type> runtimes,
        State state,
        boolean draining,
        Instant since,
        Optional<Instant> deadline,
        Optional<String> sealingKey)
        implements Entity {

    /// Whether the agent can be given work.
    public enum State {
        ACTIVE,
        UNREACHABLE,
        /// It said good-bye; its tasks were stopped or left alone, as it said.
        LEFT
    }

    public static final String PREFIX = "agent/";

    public Agent {
        ports = List.copyOf(ports);
        disks = disks.filter(some -> !some.isEmpty()).map(List::copyOf);
        attributes = Sorted.copyOf(attributes);
        runtimes = Sorted.copyOf(runtimes);
    }

    public static String key(String id) {
        return PREFIX + id;
    }

    @Override
    public String key() {
        return key(id);
    }

    @Override
    public Optional<Instant> due() {
        return deadline;
    }

    /// Whether it can be given work.
    public boolean takesWork() {
        return state == State.ACTIVE && !draining;
    }

    public Agent withState(State state, Instant now) {
        return copy(state, draining, now, deadline);
    }

    public Agent withDraining(boolean draining) {
        return copy(state, draining, since, deadline);
    }

    public Agent withDeadline(Optional<Instant> deadline) {
        return copy(state, draining, since, deadline);
    }

    private Agent copy(State state, boolean draining, Instant since, Optional<Instant> deadline) {
        return new Agent(
                id,
                bootId,
                epoch,
                partition,
                hostname,
                ip,
                address,
                resources,
                ports,
                disks,
                attributes,
                runtimes,
                state,
                draining,
                since,
                deadline,
                sealingKey);
    }
}
