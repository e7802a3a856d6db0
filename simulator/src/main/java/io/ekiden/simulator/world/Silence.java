package io.ekiden.simulator.world;

import io.ekiden.log.Heartbeat;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Agent;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Who has fallen silent and who is back, as the planner's shell judges it: in the time of the
/// `heartbeats` topic, only when it has just read a mark of its own, with the full limit after a
/// takeover.
final class Silence {
    static final Duration MARK_EVERY = Duration.ofSeconds(1);

    private static final long LIMIT = 10_000;
    private static final long MAX_STEP = 2_000;
    private static final long CAUGHT_UP = 3_000;

    private final Node node;
    private final TreeMap<Member, Beat> beats =
            new TreeMap<>(
                    Comparator.comparing(Member::kind)
                            .thenComparing(Member::id)
                            .thenComparingLong(Member::epoch));
    private boolean judging;
    private long time;
    private long newest = Long.MIN_VALUE;
    private Optional<Long> markSent = Optional.empty();

    Silence(Node node) {
        this.node = node;
    }

    private record Member(MemberKind kind, String id, long epoch) {}

    private record Beat(long at, boolean heard, long told) {}

    void begin() {
        judging = true;
        beats.clear();
        markSent = Optional.empty();
    }

    void end() {
        judging = false;
    }

    void heard(Heartbeat beat, long timestamp) {
        passed(timestamp);
        if (judging) {
            beats.merge(
                    new Member(beat.kind(), beat.memberId(), beat.epoch()),
                    new Beat(time, true, Long.MIN_VALUE),
                    (before, now) -> new Beat(now.at(), true, before.told()));
        }
    }

    void passed(long timestamp) {
        if (newest != Long.MIN_VALUE) {
            time += Math.clamp(timestamp - newest, 0, MAX_STEP);
        }
        newest = timestamp;
    }

    void marked(long timestamp, long sentMillis) {
        passed(timestamp);
        markSent = Optional.of(sentMillis);
    }

    List<Input> judge(ClusterImage image) {
        var sent = markSent;
        markSent = Optional.empty();
        boolean current = sent.filter(at -> node.monotonicMillis() - at <= CAUGHT_UP).isPresent();
        if (!judging || !current) {
            return List.of();
        }
        var inputs = new ArrayList<Input>();
        var known = new HashSet<Member>();
        for (var agent : image.agents()) {
            if (agent.state() != Agent.State.LEFT) {
                judge(
                        new Member(MemberKind.AGENT, agent.id(), agent.epoch()),
                        agent.state() == Agent.State.ACTIVE,
                        known,
                        inputs);
            }
        }
        for (var proxy : image.proxies()) {
            judge(new Member(MemberKind.PROXY, proxy.id(), 0), proxy.active(), known, inputs);
        }
        beats.keySet().retainAll(known);
        return inputs;
    }

    private void judge(Member member, boolean active, Set<Member> known, List<Input> inputs) {
        known.add(member);
        var beat = beats.get(member);
        if (beat == null) {
            beats.put(member, new Beat(time, false, Long.MIN_VALUE));
        } else if (active && time - beat.at() > LIMIT) {
            beats.put(member, new Beat(time, false, beat.told()));
            inputs.add(new Input.MemberSilent(member.kind(), member.id()));
        } else if (!active && beat.heard() && mayBeTold(beat)) {
            beats.put(member, new Beat(time, false, time));
            inputs.add(new Input.MemberReturned(member.kind(), member.id()));
        }
    }

    private boolean mayBeTold(Beat beat) {
        return beat.told() == Long.MIN_VALUE || time - beat.told() > LIMIT;
    }

    /// For how long nothing will have to be judged, in milliseconds.
    long quietFor(ClusterImage image) {
        long quiet = LIMIT;
        for (var agent : image.agents()) {
            if (agent.state() != Agent.State.LEFT) {
                quiet =
                        Math.min(
                                quiet,
                                quietFor(
                                        new Member(MemberKind.AGENT, agent.id(), agent.epoch()),
                                        agent.state() == Agent.State.ACTIVE));
            }
        }
        for (var proxy : image.proxies()) {
            quiet =
                    Math.min(
                            quiet,
                            quietFor(new Member(MemberKind.PROXY, proxy.id(), 0), proxy.active()));
        }
        return Math.max(quiet, MARK_EVERY.toMillis());
    }

    private long quietFor(Member member, boolean active) {
        var beat = beats.get(member);
        return active && beat != null ? beat.at() + LIMIT - time : 0;
    }
}
