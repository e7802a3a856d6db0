package io.ekiden.planner.stream;

import io.ekiden.log.Heartbeat;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Agent;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who has fallen silent and who is back, judged in the time of the `heartbeats` topic itself.
///
/// That time passes only while the topic can be written and read: from record to record, and never
/// by more than [#MAX_STEP] at once. So neither an outage of Kafka nor a pause of the planner nor a
/// clock that was set makes anybody silent. Judged is only as long as a time mark of our own has
/// just been read, which means that nothing before it is unread; and only between [#begin] and
/// [#end], while this planner is the one that decides. Whoever is first seen by a planner has the
/// full limit before him.
///
/// Safe for the thread that reads heartbeats and the one that decides.
final class Liveness {
    /// How often the planner writes a time mark.
    static final Duration MARK_EVERY = Duration.ofSeconds(1);

    /// A longer pause between two records says that nobody could write.
    static final Duration MAX_STEP = Duration.ofSeconds(2);

    /// A mark that took longer from its sending says that reading lags behind.
    static final Duration CAUGHT_UP = Duration.ofSeconds(3);

    static final int MAX_INPUTS = 1000;

    private final Duration silence;
    private final MachineClock clock;
    private final Map<Member, Beat> beats = new HashMap<>();

    private boolean judging;
    private long time;
    private long newest = Long.MIN_VALUE;
    private Optional<Long> markSent = Optional.empty();

    Liveness(Duration silence, MachineClock clock) {
        this.silence = silence;
        this.clock = clock;
    }

    /// An epoch of a member: a beat of another one says nothing about this one. Proxies have 0.
    private record Member(MemberKind kind, String id, long epoch) {}

    /// @param at when it was last heard, or first looked for
    /// @param heard whether a heartbeat came since then
    /// @param told when its return was last told
    private record Beat(long at, boolean heard, long told) {}

    synchronized void begin() {
        judging = true;
        beats.clear();
        markSent = Optional.empty();
    }

    synchronized void end() {
        judging = false;
    }

    synchronized boolean judging() {
        return judging;
    }

    /// @param timestamp of the record, milliseconds
    synchronized void heard(Heartbeat beat, long timestamp) {
        passed(timestamp);
        if (judging) {
            beats.merge(
                    new Member(beat.kind(), beat.memberId(), beat.epoch()),
                    new Beat(time, true, Long.MIN_VALUE),
                    (before, now) -> new Beat(now.at(), true, before.told()));
        }
    }

    /// A record that says nothing but what time it is.
    synchronized void passed(long timestamp) {
        if (newest != Long.MIN_VALUE) {
            time += Math.clamp(timestamp - newest, 0, MAX_STEP.toMillis());
        }
        newest = timestamp;
    }

    /// Our newest time mark was read.
    ///
    /// @param sentNanos when it was sent
    synchronized void marked(long timestamp, long sentNanos) {
        passed(timestamp);
        markSent = Optional.of(sentNanos);
    }

    /// What the planner is to decide on now; at most once for each mark.
    synchronized List<Input> judge(ClusterImage image) {
        long now = clock.nanos();
        var sent = markSent;
        markSent = Optional.empty();
        if (!judging || sent.filter(at -> now - at <= CAUGHT_UP.toNanos()).isEmpty()) {
            return List.of();
        }
        var inputs = new ArrayList<Input>();
        var known = new HashSet<Member>();
        for (var agent : image.agents()) {
            if (agent.state() != Agent.State.LEFT) {
                var member = new Member(MemberKind.AGENT, agent.id(), agent.epoch());
                judge(member, agent.state() == Agent.State.ACTIVE, known, inputs);
            }
        }
        for (var proxy : image.proxies()) {
            var member = new Member(MemberKind.PROXY, proxy.id(), 0);
            judge(member, proxy.active(), known, inputs);
        }
        beats.keySet().retainAll(known);
        return List.copyOf(inputs);
    }

    /// For how long nothing will have to be judged, if everybody stays as it is.
    synchronized Duration quietFor(ClusterImage image) {
        long quiet = silence.toMillis();
        for (var agent : image.agents()) {
            if (agent.state() != Agent.State.LEFT) {
                var member = new Member(MemberKind.AGENT, agent.id(), agent.epoch());
                quiet = Math.min(quiet, quietFor(member, agent.state() == Agent.State.ACTIVE));
            }
        }
        for (var proxy : image.proxies()) {
            var member = new Member(MemberKind.PROXY, proxy.id(), 0);
            quiet = Math.min(quiet, quietFor(member, proxy.active()));
        }
        return Duration.ofMillis(Math.max(quiet, MARK_EVERY.toMillis()));
    }

    /// One that is silent may be back at any time.
    private long quietFor(Member member, boolean active) {
        var beat = beats.get(member);
        return active && beat != null ? beat.at() + silence.toMillis() - time : 0;
    }

    private void judge(Member member, boolean active, Set<Member> known, List<Input> inputs) {
        known.add(member);
        var beat = beats.get(member);
        if (beat == null) {
            beats.put(member, new Beat(time, false, Long.MIN_VALUE));
        } else if (inputs.size() >= MAX_INPUTS) {
            return; // its turn comes with the next mark
        } else if (active && time - beat.at() > silence.toMillis()) {
            beats.put(member, new Beat(time, false, beat.told()));
            inputs.add(new Input.MemberSilent(member.kind(), member.id()));
        } else if (!active && beat.heard() && mayBeTold(beat)) {
            beats.put(member, new Beat(time, false, time));
            inputs.add(new Input.MemberReturned(member.kind(), member.id()));
        }
    }

    /// A return that the planner did not follow is told again, but not with every beat.
    private boolean mayBeTold(Beat beat) {
        return beat.told() == Long.MIN_VALUE || time - beat.told() > silence.toMillis();
    }
}
