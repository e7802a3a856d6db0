package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.RunSpec;
import io.ekiden.state.ClusterImage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// One input's turn: the draft of what is decided on it, and what that has touched so far.
final class Turn {
    /// Instances that are made, and as many that are placed, for one input, so that a journal entry
    /// stays small; the rest follows in the next.
    static final int SLICE = 200;

    private final Draft draft;
    private final Header header;
    private final Settings settings;
    private final PlannerVersion version;
    private final TreeSet<PathId> touched = new TreeSet<>();
    private final TreeSet<String> freed = new TreeSet<>();
    private final TreeSet<String> freedVolumes = new TreeSet<>();
    private boolean agentsChanged;
    private final TreeSet<PathId> unfinished = new TreeSet<>();
    private int left = SLICE;
    private int ids;

    Turn(Draft draft, Header header, Settings settings, PlannerVersion version) {
        this.draft = draft;
        this.header = header;
        this.settings = settings;
        this.version = version;
    }

    ClusterImage image() {
        return draft.image();
    }

    Instant now() {
        return header.time();
    }

    long sequence() {
        return header.sequence();
    }

    Settings settings() {
        return settings;
    }

    /// Of the planner that decides.
    PlannerVersion version() {
        return version;
    }

    void add(Fact fact) {
        if (fact instanceof Fact.AgentPut(var agent)) {
            freed.add(agent.id());
            agentsChanged = true;
        }
        agentsChanged |= fact instanceof Fact.AgentGone;
        draft.add(fact);
    }

    /// Applies a launch before the fact about all of them is [#record]ed, so that the next choice
    /// sees it.
    void launch(Instance instance) {
        draft.put(instance);
    }

    void record(Fact.Launched fact) {
        draft.record(fact);
    }

    /// An id that the same log gives again: name-based on the cluster, the entry and a count in it.
    String uuid() {
        var cluster = image().cluster().orElseThrow().id();
        var name = cluster + "/" + header.sequence() + "/" + ids++;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// Tries out: what is decided is answered and undone.
    Fact dry(Supplier<Fact> decision) {
        var answer = decision.get();
        if (answer instanceof Fact.Accepted accepted) {
            var steps =
                    draft.facts().stream()
                            .filter(Fact.DeploymentStarted.class::isInstance)
                            .map(fact -> ((Fact.DeploymentStarted) fact).deployment().steps())
                            .findFirst();
            answer = new Fact.Planned(steps.orElse(List.of()), accepted.tasks());
        }
        draft.undo();
        touched.clear();
        freed.clear();
        freedVolumes.clear();
        agentsChanged = false;
        return answer;
    }

    /// Puts an instance, and its endpoints in line with it.
    void put(Instance instance, String message) {
        var before = image().instance(instance.id());
        before.flatMap(Instance::holder)
                .filter(agent -> !instance.holder().equals(Optional.of(agent)))
                .ifPresent(freed::add);
        before.filter(was -> was.condition().holdsResources())
                .filter(_ -> !instance.condition().holdsResources())
                .flatMap(Instance::placement)
                .ifPresent(was -> freed.add(was.agentId()));
        before.filter(_ -> instance.volumesInUse().isEmpty()).ifPresent(this::freeVolumes);
        add(new Fact.InstancePut(instance, before.map(Instance::condition), message));
        settled(before, Optional.of(instance));
    }

    void put(Instance instance) {
        put(instance, "");
    }

    /// Offers the endpoints of an instance that ran before instances like it had any.
    void offer(InstanceId id) {
        var instance = image().instance(id);
        if (instance.flatMap(this::definition).filter(Pod.class::isInstance).isPresent()) {
            EndpointChanges.follow(this, instance, instance);
        }
    }

    /// Puts an instance whose health alone has changed.
    void putHealth(Instance instance) {
        var before = image().instance(instance.id());
        add(new Fact.HealthPut(instance, failed(instance)));
        settled(before, Optional.of(instance));
    }

    /// The agent tells a result for each check, in their order.
    private Optional<List<HealthCheck>> failed(Instance instance) {
        var checks =
                definition(instance)
                        .filter(App.class::isInstance)
                        .map(spec -> ((App) spec).healthChecks())
                        .orElse(List.of());
        var results = instance.healthResults();
        var failed =
                IntStream.range(0, Math.min(checks.size(), results.size()))
                        .filter(i -> !results.get(i).alive())
                        .filter(i -> results.get(i).consecutiveFailures() > 0)
                        .mapToObj(checks::get)
                        .toList();
        return failed.isEmpty() ? Optional.empty() : Optional.of(failed);
    }

    /// Puts an instance whose readiness alone has changed.
    void putReadiness(Instance instance) {
        var before = image().instance(instance.id());
        add(new Fact.ReadinessPut(instance));
        settled(before, Optional.of(instance));
    }

    /// Ends an instance: `condition` is the one it ended in.
    void end(Instance instance, Condition condition, String message) {
        instance.holder().ifPresent(freed::add);
        freeVolumes(instance);
        var last = instance.withCondition(condition, now()).withDeadline(Optional.empty());
        add(new Fact.InstanceGone(last, instance.condition(), message));
        Volumes.condemn(this, instance);
        settled(Optional.of(instance), Optional.empty());
    }

    private void freeVolumes(Instance user) {
        user.volumesInUse().forEach(volume -> freedVolumes.add(volume.name()));
    }

    private void settled(Optional<Instance> before, Optional<Instance> after) {
        before.or(() -> after).ifPresent(instance -> touched.add(instance.runSpecId()));
        EndpointChanges.follow(this, before, after);
    }

    /// The definition that an instance runs: that of its version if it is kept, else the app's
    /// present one.
    Optional<RunSpec> definition(Instance instance) {
        return definition(instance.runSpecId(), instance.version());
    }

    Optional<RunSpec> definition(PathId spec, Instant version) {
        var present = image().runSpec(spec);
        return present.filter(is -> is.version().equals(version))
                .or(() -> image().version(spec, version))
                .or(() -> present);
    }

    void touch(PathId spec) {
        touched.add(spec);
    }

    /// Grants as many of the instances that are to be made as this input's slice has left.
    int grant(PathId spec, int wanted) {
        int granted = Math.min(wanted, left);
        left -= granted;
        if (granted < wanted) {
            unfinished.add(spec);
        }
        return granted;
    }

    /// Of these, more instances are to be made in the next input.
    Set<PathId> unfinished() {
        return Collections.unmodifiableSet(unfinished);
    }

    /// What was left to be made or placed by a former input is gone on with.
    void resume() {
        for (var item : image().queue()) {
            if (!item.tried()) {
                touch(item.runSpecId());
            }
        }
    }

    /// Agents on which there may be more room than before.
    NavigableSet<String> freed() {
        return freed;
    }

    /// External volumes that a task has ceased to use.
    NavigableSet<String> freedVolumes() {
        return freedVolumes;
    }

    /// Whether an agent has come, gone or changed.
    boolean agentsChanged() {
        return agentsChanged;
    }

    /// Takes the apps touched since the last call.
    NavigableSet<PathId> takeTouched() {
        var taken = new TreeSet<>(touched);
        touched.clear();
        return taken;
    }
}
