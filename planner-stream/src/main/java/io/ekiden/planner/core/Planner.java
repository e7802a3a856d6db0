package io.ekiden.planner.core;

import io.ekiden.log.Actor;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.AnsweredRequest;
import io.ekiden.model.Cluster;
import io.ekiden.model.Deployment;
import io.ekiden.model.Group;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.PathId;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;

/// Decides what one input changes. A function of its arguments and nothing else: no clock, no
/// random number, no I/O. What was decided once is replayed, never decided again.
public final class Planner {
    private final Settings settings;
    private final PlannerVersion version;
    private final String settingsHash;

    public Planner(Settings settings) {
        this(settings, PlannerVersion.LATEST);
    }

    /// Decides as this version did.
    Planner(Settings settings, PlannerVersion version) {
        this.settings = settings;
        this.version = version;
        this.settingsHash = settings.hash();
    }

    /// Decides and applies. An exception inside undoes what was begun and is journalled as
    /// `InputFailed`: this method does not throw.
    public Decision decide(ClusterImage image, Header header, Input input) {
        var draft = new Draft(image);
        try {
            var turn = new Turn(draft, header, settings, version);
            take(turn, input);
            Settling.settle(turn);
        } catch (RuntimeException e) {
            draft.undo();
            draft.add(new Fact.InputFailed(e.toString()));
            if (input instanceof Input.Reported(var report)) {
                Members.missed(new Turn(draft, header, settings, version), report.memberId());
            }
        }
        return new Decision(entry(header, input, draft.facts()), draft);
    }

    /// The entry of an input that cannot be journalled as it is: it is answered, nothing is
    /// changed.
    public JournalEntry refuse(Header header, Input input, Fact answer) {
        return entry(header, input, List.of(answer));
    }

    private void take(Turn turn, Input input) {
        switch (input) {
            case Input.Founded(var kafkaId) -> found(turn, kafkaId);
            case Input.Changed(var wanted) -> turn.add(Requests.take(turn, wanted));
            case Input.Reported(var report) -> take(turn, report);
            case Input.MemberSilent(var kind, var id) -> {
                switch (kind) {
                    case AGENT -> Members.silent(turn, id);
                    case PROXY -> Proxies.silent(turn, id);
                }
            }
            case Input.MemberReturned(var kind, var id) -> {
                switch (kind) {
                    case AGENT -> Members.returned(turn, id);
                    case PROXY -> Proxies.returned(turn, id);
                }
            }
            case Input.Due(var keys) -> keys.forEach(key -> due(turn, key));
            case Input.Unreadable(var topic, var partition, var offset, var why, var member) -> {
                turn.add(new Fact.DeadLettered(topic, partition, offset, why));
                member.ifPresent(id -> Members.missed(turn, id));
            }
        }
    }

    /// The id names this log, not only its Kafka: tasks of a log that was deleted and begun anew
    /// belong to another cluster, about which nothing can be concluded here.
    private static void found(Turn turn, String kafkaId) {
        var id = kafkaId + "." + Long.toString(turn.now().toEpochMilli(), Character.MAX_RADIX);
        turn.add(new Fact.ClusterPut(new Cluster(id, Optional.empty(), Optional.empty())));
        turn.add(new Fact.GroupPut(Group.empty(PathId.ROOT, turn.now())));
    }

    private void take(Turn turn, AgentReport report) {
        switch (report) {
            case AgentReport.AgentJoined joined -> Members.joined(turn, joined);
            case AgentReport.TaskStatus status -> Observations.status(turn, status);
            case AgentReport.HealthChanged health -> Observations.health(turn, health);
            case AgentReport.ReadinessChanged readiness -> Observations.readiness(turn, readiness);
            case AgentReport.CheckChanged check -> Observations.check(turn, check);
            case AgentReport.VolumeDestroyed destroyed -> Volumes.destroyed(turn, destroyed);
            case AgentReport.AgentLeaving leaving -> Members.leaving(turn, leaving);
            case AgentReport.ProxyJoined joined -> Proxies.joined(turn, joined);
            case AgentReport.EndpointDrained drained -> Proxies.drained(turn, drained);
            case AgentReport.ProxyLeaving leaving -> Proxies.leaving(turn, leaving.memberId());
        }
    }

    /// An entity's time has come. One that is no more, or not due any more, is passed over.
    private void due(Turn turn, String key) {
        var entity =
                turn.image()
                        .entity(key)
                        .filter(e -> e.due().filter(time -> !time.isAfter(turn.now())).isPresent());
        if (entity.isEmpty()) {
            return;
        }
        switch (entity.get()) {
            case Instance instance -> Deadlines.due(turn, instance);
            case LaunchDelay delay -> Backoff.due(turn, delay);
            case Agent agent -> Members.due(turn, agent);
            case Deployment deployment -> DeploymentProgress.due(turn, deployment);
            case AnsweredRequest request -> Requests.forget(turn, request);
            case Cluster cluster -> {
                turn.add(
                        new Fact.ClusterPut(
                                new Cluster(
                                        cluster.id(),
                                        Optional.empty(),
                                        cluster.lastReplacement())));
                turn.resume();
            }
            default -> throw new IllegalStateException("nothing is due for " + key);
        }
    }

    private JournalEntry entry(Header header, Input input, List<Fact> facts) {
        return switch (input) {
            case Input.Changed(var wanted) ->
                    entry(
                            header,
                            input,
                            facts,
                            Optional.of(wanted.changeId()),
                            Optional.empty(),
                            wanted.actor());
            case Input.Reported(var report) ->
                    entry(header, input, facts, Optional.empty(), causation(report), actor(report));
            case Input.Founded _,
                    Input.MemberSilent _,
                    Input.MemberReturned _,
                    Input.Due _,
                    Input.Unreadable _ ->
                    entry(header, input, facts, Optional.empty(), Optional.empty(), Actor.PLANNER);
        };
    }

    private JournalEntry entry(
            Header header,
            Input input,
            List<Fact> facts,
            Optional<String> changeId,
            Optional<Long> causation,
            Actor actor) {
        return new JournalEntry(
                header.sequence(),
                header.time(),
                header.previousHash(),
                version.toString(),
                settingsHash,
                changeId,
                changeId,
                causation,
                actor,
                input,
                facts);
    }

    private static Optional<Long> causation(AgentReport report) {
        return report instanceof AgentReport.TaskStatus status && status.causation() > 0
                ? Optional.of(status.causation())
                : Optional.empty();
    }

    private static Actor actor(AgentReport report) {
        return switch (report) {
            case AgentReport.AgentJoined _, AgentReport.OfEpoch _ ->
                    member(Actor.Kind.AGENT, report);
            case AgentReport.ProxyJoined _,
                    AgentReport.EndpointDrained _,
                    AgentReport.ProxyLeaving _ ->
                    member(Actor.Kind.PROXY, report);
        };
    }

    private static Actor member(Actor.Kind kind, AgentReport report) {
        return new Actor(kind, report.memberId(), Optional.empty());
    }
}
