package io.ekiden.state;

import io.ekiden.model.Agent;
import io.ekiden.model.Disk;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One agent, and the room that is left on it.
public final class AgentRoom {
    /// The emptiest first, then by id.
    static final Comparator<AgentRoom> ORDER =
            (one, other) -> {
                int emptier = Long.compare(other.freeShare, one.freeShare);
                return emptier != 0 ? emptier : one.id.compareTo(other.id);
            };

    private static final double MILLION = 1e6;

    private final String id;
    private final AgentLoad load = new AgentLoad();
    private Optional<Agent> agent = Optional.empty();
    private int ports;
    private long freeShare;

    AgentRoom(String id) {
        this.id = id;
    }

    Optional<Agent> known() {
        return agent;
    }

    /// @throws java.util.NoSuchElementException when it is not among those of [AgentIndex]
    public Agent agent() {
        return agent.orElseThrow();
    }

    public AgentLoad load() {
        return load;
    }

    public Resources free() {
        return agent().resources().minus(load.used());
    }

    public List<Disk> disks() {
        return agent().disks().orElse(List.of());
    }

    /// MiB of one of its disks that are free; of a mount disk all or nothing.
    public int freeOn(Disk disk) {
        int held = load.heldOf(disk.path());
        boolean taken = disk.type() == Disk.Type.MOUNT && held > 0;
        return taken ? 0 : Math.max(0, disk.size() - held);
    }

    /// Host ports that it offers and that nobody holds.
    public int freePorts() {
        int free = ports - load.ports().size();
        // Ports outside of what it offers now may be held since it offered others.
        return free > 0
                ? free
                : ports - (int) load.ports().keySet().stream().filter(this::offers).count();
    }

    /// The same as ranges.
    public List<PortRange> freeRanges() {
        var free = new ArrayList<PortRange>();
        for (var range : agent().ports()) {
            int begin = range.begin();
            for (int held : load.ports().subMap(range.begin(), range.end() + 1).keySet()) {
                addRange(free, begin, held - 1);
                begin = held + 1;
            }
            addRange(free, begin, range.end());
        }
        return free;
    }

    private static void addRange(List<PortRange> ranges, int begin, int end) {
        if (begin <= end) {
            ranges.add(new PortRange(begin, end));
        }
    }

    public boolean offers(int port) {
        return agent().ports().stream().anyMatch(range -> range.contains(port));
    }

    /// The n-th port of its ranges, counted round and round; it must offer one.
    public int port(long n) {
        int index = (int) Math.floorMod(n, (long) ports);
        for (var range : agent().ports()) {
            if (index < range.size()) {
                return range.begin() + index;
            }
            index -= range.size();
        }
        throw new IllegalStateException("agent " + id + " offers no port");
    }

    /// The smallest of the shares of its cpus, memory, disk and ports that are free, in millionths:
    /// what is scarcest on it (the dominant share).
    public long freeShare() {
        return freeShare;
    }

    void know(Optional<Agent> agent) {
        this.agent = agent;
        ports =
                agent.map(known -> known.ports().stream().mapToInt(PortRange::size).sum())
                        .orElse(0);
    }

    long newShare() {
        if (agent.isEmpty()) {
            return 0;
        }
        var all = agent.get().resources();
        var used = load.used();
        long share = share(used.cpus(), all.cpus());
        share = Math.min(share, share(used.mem(), all.mem()));
        share = Math.min(share, share(used.disk(), all.disk()));
        return Math.min(share, share(load.ports().size(), ports));
    }

    /// Of what an agent does not have at all, nothing is scarce: who asks for it is refused anyway.
    private static long share(long used, long all) {
        return all == 0 ? (long) MILLION : (long) ((double) (all - used) / all * MILLION);
    }

    void freeShare(long share) {
        freeShare = share;
    }
}
