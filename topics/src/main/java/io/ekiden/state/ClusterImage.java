package io.ekiden.state;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.AnsweredRequest;
import io.ekiden.model.App;
import io.ekiden.model.Cluster;
import io.ekiden.model.CondemnedVolume;
import io.ekiden.model.Deployment;
import io.ekiden.model.EndedTask;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.model.EventSubscription;
import io.ekiden.model.Former;
import io.ekiden.model.Group;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.Proxy;
import io.ekiden.model.RunSpec;
import io.ekiden.model.RunSpecVersion;
import io.ekiden.model.TaskFailure;
import io.ekiden.model.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The cluster as the journal has it so far: every entity by its key, and indexes derived from
/// them.
///
/// [#replay] is the only way in which a decision changes it, for the planner as for every reader;
/// [#put] and [#remove] are for restoring and undoing. Iteration is always in the order of the
/// keys, over instances app by app. Not safe for several threads.
public final class ClusterImage {
    private final EntityMap entities = new EntityMap();
    private final TreeMap<Instant, TreeSet<String>> due = new TreeMap<>();
    private final AgentIndex agents = new AgentIndex();
    private final TreeMap<PathId, SpecInstances> specs = new TreeMap<>();
    private final Definitions definitions = new Definitions();
    private final TreeMap<PathId, TreeSet<String>> deploying = new TreeMap<>();
    private final TreeMap<Long, AnsweredRequest> answered = new TreeMap<>();

    /// Applies a fact; returns what stood under each key that it concerns. Facts that are answers
    /// or orders change nothing.
    public SortedMap<String, Optional<Entity>> replay(Fact fact) {
        var effects = Effects.of(fact);
        effects.replaceAll((key, entity) -> entity.map(this::put).orElseGet(() -> remove(key)));
        return effects;
    }

    /// Puts an entity as it is; returns what stood under its key.
    public Optional<Entity> put(Entity entity) {
        var before = entities.put(entity);
        before.ifPresent(was -> notDue(was.key(), was.due()));
        due(entity.key(), entity.due());
        if (before.orElse(null) instanceof Instance was && entity instanceof Instance is) {
            reindex(was, is);
        } else {
            before.ifPresent(this::unindex);
            index(entity);
        }
        return before;
    }

    /// Removes what stands under a key and returns it.
    public Optional<Entity> remove(String key) {
        var before = entities.remove(key);
        before.ifPresent(was -> {
            notDue(key, was.due());
            unindex(was);
            forget(was);
        });
        return before;
    }

    private void due(String key, Optional<Instant> at) {
        at.ifPresent(time -> due.computeIfAbsent(time, _ -> new TreeSet<>()).add(key));
    }

    private void notDue(String key, Optional<Instant> at) {
        at.ifPresent(time ->
                due.computeIfPresent(
                        time, (_, keys) -> keys.remove(key) && keys.isEmpty() ? null : keys));
    }

    /// Most changes of an instance leave what it holds and where as it was.
    private void reindex(Instance was, Instance is) {
        if (AgentLoad.alike(was, is) && was.configVersion().equals(is.configVersion())) {
            of(is.runSpecId()).replace(was, is);
        } else {
            unindex(was);
            index(is);
        }
    }

    private void index(Entity entity) {
        switch (entity) {
            case Instance instance -> {
                instance.holder().ifPresent(agent -> agents.add(agent, instance));
                of(instance.runSpecId()).add(instance, holder(instance));
            }
            case Agent agent -> know(agent.id(), Optional.of(agent));
            case Deployment deployment ->
                    deployment
                            .affected()
                            .forEach(id ->
                                    deploying
                                            .computeIfAbsent(id, _ -> new TreeSet<>())
                                            .add(deployment.id()));
            case RunSpec spec -> {
                definitions.put(spec);
                define(spec.id(), Optional.of(spec));
            }
            case Group group -> definitions.put(group);
            case AnsweredRequest request -> answered.put(request.sequence(), request);
            default -> {}
        }
    }

    private void unindex(Entity before) {
        if (before instanceof Deployment deployment) {
            deployment
                    .affected()
                    .forEach(id ->
                            deploying.computeIfPresent(
                                    id,
                                    (_, ids) ->
                                            ids.remove(deployment.id()) && ids.isEmpty()
                                                    ? null
                                                    : ids));
        }
        if (before instanceof AnsweredRequest request) {
            answered.remove(request.sequence());
        }
        if (before instanceof Instance instance) {
            of(instance.runSpecId()).remove(instance, holder(instance));
            instance.holder().ifPresent(agent -> agents.remove(agent, instance));
        }
    }

    /// What is taken away from the indexes only when nothing takes the entity's place.
    private void forget(Entity gone) {
        switch (gone) {
            case Instance instance -> forgetEmpty(instance.runSpecId());
            case Agent agent -> know(agent.id(), Optional.empty());
            case RunSpec spec -> {
                definitions.remove(spec);
                define(spec.id(), Optional.empty());
                forgetEmpty(spec.id());
            }
            case Group group -> definitions.remove(group);
            default -> {}
        }
    }

    private void forgetEmpty(PathId spec) {
        if (of(spec).isEmpty()) {
            specs.remove(spec);
        }
    }

    private SpecInstances of(PathId spec) {
        return specs.computeIfAbsent(spec, _ -> new SpecInstances());
    }

    private Optional<Agent> holder(Instance instance) {
        return instance.holder().flatMap(agents::agent);
    }

    /// What its instances count as follows an agent's attributes.
    private void know(String id, Optional<Agent> agent) {
        var before = agents.agent(id);
        boolean renamed =
                !before.map(Agent::attributes).equals(agent.map(Agent::attributes))
                        || !before.map(Agent::hostname).equals(agent.map(Agent::hostname));
        agents.know(id, agent);
        if (renamed) {
            for (var held : agents.load(id).instances()) {
                var instance = instance(held).orElseThrow();
                before.ifPresent(was -> of(instance.runSpecId()).tally(instance, was, -1));
                agent.ifPresent(is -> of(instance.runSpecId()).tally(instance, is, 1));
            }
        }
    }

    private void define(PathId id, Optional<RunSpec> spec) {
        var instances = of(id);
        boolean alike = instances.countsAlike(spec);
        if (!alike) {
            instances.rules().forEach(rule -> agents.unname(rule.field()));
        }
        instances.define(spec);
        if (!alike) {
            instances.rules().forEach(rule -> agents.name(rule.field()));
            instances.forEach(
                    instance -> holder(instance).ifPresent(at -> instances.tally(instance, at, 1)));
        }
    }

    public void clear() {
        entities.clear();
        due.clear();
        agents.clear();
        specs.clear();
        definitions.clear();
        deploying.clear();
        answered.clear();
    }

    /// Every entity by its key: a copy.
    public NavigableMap<String, Entity> entities() {
        return entities.copy();
    }

    /// Whether another image has the same entities.
    public boolean same(ClusterImage other) {
        return entities.same(other.entities);
    }

    /// How many entities there are.
    public int size() {
        return entities.size();
    }

    public Optional<Entity> entity(String key) {
        return entities.get(key);
    }

    /// When the planner must look at something again, though nothing happens.
    public Optional<Instant> nextDue() {
        return due.isEmpty() ? Optional.empty() : Optional.of(due.firstKey());
    }

    /// The keys of at most `limit` entities that are due at `now`, the longest due first.
    public List<String> dueAt(Instant now, int limit) {
        return due.headMap(now, true).values().stream()
                .flatMap(Collection::stream)
                .limit(limit)
                .toList();
    }

    public Optional<Cluster> cluster() {
        return find(Cluster.class, Cluster.KEY);
    }

    public Optional<RunSpec> runSpec(PathId id) {
        return find(RunSpec.class, RunSpec.key(id));
    }

    /// The apps, pods and groups by their paths: a view.
    public Definitions definitions() {
        return definitions;
    }

    public Collection<RunSpec> runSpecs() {
        return all(RunSpec.class, "spec/");
    }

    public Optional<App> app(PathId id) {
        return runSpec(id).filter(App.class::isInstance).map(App.class::cast);
    }

    public Collection<App> apps() {
        return only(App.class, runSpecs());
    }

    public Optional<Pod> pod(PathId id) {
        return runSpec(id).filter(Pod.class::isInstance).map(Pod.class::cast);
    }

    public Collection<Pod> pods() {
        return only(Pod.class, runSpecs());
    }

    private static <T> Collection<T> only(Class<T> type, Collection<?> some) {
        return some.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public Optional<Group> group(PathId id) {
        return find(Group.class, Group.key(id));
    }

    public Collection<Group> groups() {
        return all(Group.class, Group.PREFIX);
    }

    /// The version of the root group, which every change of a definition raises.
    public Optional<Instant> rootVersion() {
        return group(PathId.ROOT).map(Group::version);
    }

    public Optional<Former> former(Instant version, PathId id) {
        return find(Former.class, Former.key(version, id));
    }

    /// What a root version changed, by path.
    public Collection<Former> formers(Instant version) {
        return all(Former.class, Former.prefix(version));
    }

    /// What was changed since a root version, the newest change first.
    public Collection<Former> formersAfter(Instant version) {
        return entities
                .inOrder()
                .subMap(
                        Former.prefix(version) + Character.MAX_VALUE,
                        false,
                        Former.PREFIX + Character.MAX_VALUE,
                        false)
                .descendingMap()
                .values()
                .stream()
                .map(Former.class::cast)
                .toList();
    }

    /// The root versions of which is known what they changed, oldest first.
    public List<Instant> formerVersions() {
        var versions = new ArrayList<Instant>();
        var next = entities.inOrder().higherEntry(Former.PREFIX);
        while (next != null && next.getValue() instanceof Former former) {
            versions.add(former.version());
            next =
                    entities.inOrder()
                            .higherEntry(Former.prefix(former.version()) + Character.MAX_VALUE);
        }
        return versions;
    }

    public Optional<RunSpec> version(PathId id, Instant version) {
        return find(RunSpecVersion.class, RunSpecVersion.key(id, version))
                .map(RunSpecVersion::spec);
    }

    /// The kept versions of an app, oldest first.
    public Collection<RunSpecVersion> versions(PathId id) {
        return all(RunSpecVersion.class, RunSpecVersion.prefix(id));
    }

    public Optional<Instance> instance(InstanceId id) {
        return entities.get(id);
    }

    /// The instance whose present task this is.
    public Optional<Instance> instanceOf(TaskId id) {
        return instance(id.instanceId()).filter(instance -> instance.taskId().equals(id));
    }

    public Collection<Instance> instances() {
        return instances(_ -> true);
    }

    /// The instances in such phases, app by app: a copy.
    public List<Instance> instances(Predicate<Phase> which) {
        return specs.values().stream().flatMap(some -> some.in(which).stream()).toList();
    }

    /// A copy; who wants to know how many there are, or only some of them, asks [#instancesOf].
    public Collection<Instance> instances(PathId app) {
        return instancesOf(app).in(_ -> true);
    }

    /// The instances of an app or pod, indexed. A view: it changes with the image.
    public SpecInstances instancesOf(PathId app) {
        var instances = specs.get(app);
        return instances == null ? new SpecInstances() : instances;
    }

    public Optional<Deployment> deployment(String id) {
        return find(Deployment.class, Deployment.PREFIX + id);
    }

    public Collection<Deployment> deployments() {
        return all(Deployment.class, Deployment.PREFIX);
    }

    /// The running deployments that touch an app or pod, by their ids.
    public List<Deployment> deploymentsOf(PathId spec) {
        var ids = deploying.get(spec);
        if (ids == null) {
            return List.of();
        }
        var deployments = new ArrayList<Deployment>();
        for (var id : ids) {
            deployment(id).ifPresent(deployments::add);
        }
        return deployments;
    }

    public Optional<LaunchDelay> delay(PathId app) {
        return find(LaunchDelay.class, LaunchDelay.key(app));
    }

    public Optional<LaunchQueueItem> queueItem(PathId app) {
        return find(LaunchQueueItem.class, LaunchQueueItem.key(app));
    }

    public Collection<LaunchQueueItem> queue() {
        return all(LaunchQueueItem.class, "queue/");
    }

    public Optional<TaskFailure> lastFailure(PathId app) {
        return find(TaskFailure.class, TaskFailure.key(app));
    }

    /// The last of an app's tasks to have ended, oldest first.
    public Collection<EndedTask> endedTasks(PathId app) {
        return all(EndedTask.class, EndedTask.prefix(app));
    }

    public Optional<EndedTask> endedTask(TaskId id) {
        return endedTasks(id.instanceId().runSpecId()).stream()
                .filter(task -> task.taskId().equals(id))
                .findFirst();
    }

    /// The volumes that an agent is to destroy.
    public Collection<CondemnedVolume> condemnedVolumes(String agentId) {
        return all(CondemnedVolume.class, CondemnedVolume.prefix(agentId));
    }

    public Optional<EventSubscription> subscription(String callbackUrl) {
        return find(EventSubscription.class, EventSubscription.key(callbackUrl));
    }

    public Collection<EventSubscription> subscriptions() {
        return all(EventSubscription.class, EventSubscription.PREFIX);
    }

    /// By the entries that have their answers, the oldest first: a view.
    public SortedMap<Long, AnsweredRequest> answeredRequests() {
        return Collections.unmodifiableSortedMap(answered);
    }

    public Optional<Agent> agent(String id) {
        return find(Agent.class, Agent.key(id));
    }

    public Collection<Agent> agents() {
        return all(Agent.class, Agent.PREFIX);
    }

    /// What is held on an agent.
    public AgentLoad loadOf(String agentId) {
        return agents.load(agentId);
    }

    /// The agents that can be given work, in the order of the room on them.
    public AgentIndex rooms() {
        return agents;
    }

    public Optional<Proxy> proxy(String id) {
        return find(Proxy.class, Proxy.key(id));
    }

    public Collection<Proxy> proxies() {
        return all(Proxy.class, Proxy.PREFIX);
    }

    public Collection<Endpoint> endpoints() {
        return entities.endpoints();
    }

    /// In the order of the ports, of which a task offers all or none.
    public List<Endpoint> endpoints(TaskId task) {
        var endpoints = new ArrayList<Endpoint>();
        var next = endpoint(task, 0);
        while (next.isPresent()) {
            endpoints.add(next.get());
            next = endpoint(task, endpoints.size());
        }
        return endpoints;
    }

    private Optional<Endpoint> endpoint(TaskId task, int port) {
        return find(Endpoint.class, Endpoint.key(task, port));
    }

    private <T extends Entity> Optional<T> find(Class<T> type, String key) {
        return entities.get(type, key);
    }

    private <T extends Entity> Collection<T> all(Class<T> type, String prefix) {
        return entities.startingWith(type, prefix);
    }
}
