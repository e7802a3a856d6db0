package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Actor;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Commands;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Agent;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Condition;
import io.ekiden.model.Container;
import io.ekiden.model.Disk;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A cluster in a test: the real planner, agents that do as they are told, a clock that the test
/// moves. After every input the bounds of the agents, the uniqueness of ports and the replay are
/// checked.
final class World {
    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    Planner planner;
    final ClusterImage image = new ClusterImage();
    final ClusterImage follower = new ClusterImage();
    final List<JournalEntry> journal = new ArrayList<>();
    final TreeMap<TaskId, String> running = new TreeMap<>();
    final TreeMap<TaskId, Integer> starts = new TreeMap<>();
    final ArrayDeque<AgentCommand> commands = new ArrayDeque<>();
    final TreeSet<String> deaf = new TreeSet<>();

    /// Of each agent, the volumes on its disk.
    final TreeMap<String, TreeSet<String>> volumes = new TreeMap<>();

    /// Of each agent, the disks that it offers besides its own.
    final TreeMap<String, List<Disk>> disks = new TreeMap<>();

    /// Of each volume that there ever was, its agent.
    final TreeMap<String, String> homes = new TreeMap<>();

    int highWater;
    Instant now = NOON;
    private int changes;

    World() {
        this(Settings.DEFAULT);
    }

    World(Settings settings) {
        this(settings, PlannerVersion.LATEST);
    }

    World(Settings settings, PlannerVersion version) {
        planner = new Planner(settings, version);
        take(new Input.Founded("test-cluster"));
    }

    JournalEntry take(Input input) {
        var header = new Header(journal.size() + 1, now, "");
        var entry = planner.decide(image, header, input).entry();
        journal.add(entry);
        entry.facts().forEach(follower::replay);
        assertThat(entry.facts()).noneMatch(Fact.InputFailed.class::isInstance);
        assertThat(follower.entities()).isEqualTo(image.entities());
        Commands.of(entry).stream().map(Commands.Addressed::command).forEach(commands::add);
        checkAgents();
        return entry;
    }

    private void checkAgents() {
        for (var agent : image.agents()) {
            var load = image.loadOf(agent.id());
            assertThat(load.used().cpus()).isLessThanOrEqualTo(agent.resources().cpus());
            assertThat(load.used().mem()).isLessThanOrEqualTo(agent.resources().mem());
            assertThat(load.ports().values()).allMatch(count -> count == 1);
            for (var disk : agent.disks().orElse(List.of())) {
                assertThat(load.heldOf(disk.path())).isLessThanOrEqualTo(disk.size());
            }
        }
    }

    World agent(String id, double cpus) {
        take(joined(id, cpus, List.of()));
        return this;
    }

    /// @param attributes such as `rack:r1,zone:z1`; a `;` in a value stands for a comma
    World agent(String id, double cpus, String attributes) {
        take(joined(id, cpus, List.of(), attributes));
        return this;
    }

    Input joined(String id, double cpus, List<AgentReport.TaskOnAgent> inventory) {
        return joined(id, cpus, inventory, "");
    }

    /// @param offered for persistent volumes
    World agentWithDisks(String id, Disk... offered) {
        disks.put(id, List.of(offered));
        return agent(id, 8);
    }

    Input joined(
            String id, double cpus, List<AgentReport.TaskOnAgent> inventory, String attributes) {
        var named = new TreeMap<String, String>();
        for (var attribute : attributes.isEmpty() ? new String[0] : attributes.split(",", -1)) {
            named.put(attribute.split(":", 2)[0], attribute.split(":", 2)[1].replace(';', ','));
        }
        return new Input.Reported(
                new AgentReport.AgentJoined(
                        id,
                        "session",
                        "boot",
                        id,
                        "127.0.0.1",
                        Optional.empty(),
                        Resources.of(cpus, 4096, 1000, 0),
                        List.of(new PortRange(31000, 31099)),
                        Optional.ofNullable(disks.get(id)),
                        named,
                        runtimes(named.keySet()),
                        inventory,
                        volumes(id),
                        Optional.empty()));
    }

    /// Who has an engine tells what it can mount.
    private static SortedSet<Container.Type> runtimes(Set<String> attributes) {
        return Sorted.copyOf(
                attributes.contains("volume-drivers")
                        ? List.of(Container.Type.MESOS, Container.Type.DOCKER)
                        : List.of(Container.Type.MESOS));
    }

    private Input rejoined(String agent) {
        var attributes = image.agent(agent).orElseThrow().attributes();
        return joined(
                agent,
                4,
                inventory(agent),
                attributes.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue().replace(',', ';'))
                        .collect(Collectors.joining(",")));
    }

    /// The volumes that an agent keeps: all that were ever reserved there and are not destroyed.
    List<String> volumes(String agent) {
        return List.copyOf(volumesOf(agent));
    }

    /// What an agent would say that it runs.
    List<AgentReport.TaskOnAgent> inventory(String agent) {
        return running.entrySet().stream()
                .filter(task -> task.getValue().equals(agent))
                .map(task ->
                        new AgentReport.TaskOnAgent(
                                task.getKey(),
                                TaskState.RUNNING,
                                Optional.empty(),
                                "",
                                Optional.empty()))
                .toList();
    }

    JournalEntry change(Change change, boolean force) {
        return change(change, force, List.of());
    }

    /// @param basis on which it was judged
    JournalEntry change(Change change, boolean force, List<WantedChange.Basis> basis) {
        return take(new Input.Changed(wanted(change, force).on(basis)));
    }

    /// What anna wants, to be given conditions before it is taken.
    WantedChange wanted(Change change, boolean force) {
        return new WantedChange(
                "change-" + ++changes,
                new Actor(Actor.Kind.USER, "anna", Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                "/v2/apps",
                force,
                change);
    }

    Fact answer(JournalEntry entry) {
        return entry.facts().stream()
                .filter(fact -> fact instanceof Fact.Accepted || fact instanceof Fact.Refused)
                .findFirst()
                .orElseThrow();
    }

    Rejection rejection(JournalEntry entry) {
        return ((Fact.Refused) answer(entry)).rejection();
    }

    JournalEntry create(String id, String definition) {
        return change(new Change.CreateApp(PathId.of(id), json(definition)), false);
    }

    JournalEntry update(String id, String definition) {
        return update(id, definition, false);
    }

    JournalEntry update(String id, String definition, boolean force) {
        var update = new Change.AppUpdate(PathId.of(id), json(definition));
        return change(new Change.UpdateApps(List.of(update), true, true), force);
    }

    static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// Lets the agents do what they were told, one command at a time, until nothing is left to do.
    World work() {
        for (int i = 0; i < 100_000 && !commands.isEmpty(); i++) {
            step();
        }
        assertThat(commands).isEmpty();
        return this;
    }

    void step() {
        var command = commands.poll();
        if (deaf.contains(command.agentId())) {
            return;
        }
        now = now.plusMillis(1);
        switch (command) {
            case AgentCommand.Launch launch ->
                    start(launch.agentId(), launch.epoch(), launch.task());
            case AgentCommand.Welcome welcome ->
                    welcome.assignment().stream()
                            .filter(AgentCommand.Task::launch)
                            .forEach(task -> start(welcome.agentId(), welcome.epoch(), task));
            case AgentCommand.Kill kill -> {
                if (running.remove(kill.taskId()) != null) {
                    status(kill.taskId(), kill.agentId(), kill.epoch(), TaskState.KILLED);
                }
            }
            case AgentCommand.Rejoin rejoin -> take(rejoined(rejoin.agentId()));
            case AgentCommand.DestroyVolume destroy -> destroy(destroy);
        }
        highWater = Math.max(highWater, running.size());
    }

    /// Nobody may be using it.
    private void destroy(AgentCommand.DestroyVolume destroy) {
        assertThat(image.instances())
                .filteredOn(instance -> running.containsKey(instance.taskId()))
                .noneMatch(instance ->
                        instance.volumes().stream()
                                .anyMatch(v -> v.id().equals(destroy.volumeId())));
        volumesOf(destroy.agentId()).remove(destroy.volumeId());
        take(
                new Input.Reported(
                        new AgentReport.VolumeDestroyed(
                                destroy.agentId(), destroy.epoch(), destroy.volumeId())));
    }

    private Set<String> volumesOf(String agent) {
        return volumes.computeIfAbsent(agent, _ -> new TreeSet<>());
    }

    private void start(String agent, long epoch, AgentCommand.Task task) {
        assertThat(starts.merge(task.taskId(), 1, Integer::sum)).isEqualTo(1);
        running.put(task.taskId(), agent);
        for (var volume : task.volumes()) {
            assertThat(homes.putIfAbsent(volume.id(), agent)).isIn(null, agent);
            volumesOf(agent).add(volume.id());
        }
        var address = task.spec().containerNetwork().map(_ -> "10.9.0." + starts.size());
        status(task.taskId(), agent, epoch, TaskState.RUNNING, address);
    }

    JournalEntry status(TaskId task, String agent, long epoch, TaskState state) {
        return status(task, agent, epoch, state, Optional.empty());
    }

    /// @param address its own
    JournalEntry status(
            TaskId task, String agent, long epoch, TaskState state, Optional<String> address) {
        return take(
                new Input.Reported(
                        new AgentReport.TaskStatus(
                                agent,
                                epoch,
                                task,
                                state,
                                Optional.empty(),
                                state.name(),
                                0,
                                address)));
    }

    /// A task ends by itself.
    JournalEntry dies(Instance instance, TaskState how) {
        running.remove(instance.taskId());
        var agent = instance.placement().orElseThrow().agentId();
        return status(instance.taskId(), agent, image.agent(agent).orElseThrow().epoch(), how);
    }

    JournalEntry health(Instance instance, boolean alive, boolean exhausted) {
        var agent = instance.placement().orElseThrow().agentId();
        long epoch = image.agent(agent).map(Agent::epoch).orElseThrow();
        return take(
                new Input.Reported(
                        new AgentReport.HealthChanged(
                                agent, epoch, instance.taskId(), alive, exhausted, List.of())));
    }

    JournalEntry readiness(Instance instance, boolean ready) {
        var agent = instance.placement().orElseThrow().agentId();
        long epoch = image.agent(agent).map(Agent::epoch).orElseThrow();
        return readiness(instance, agent, epoch, ready);
    }

    JournalEntry readiness(Instance instance, String agent, long epoch, boolean ready) {
        return take(
                new Input.Reported(
                        new AgentReport.ReadinessChanged(
                                agent, epoch, instance.taskId(), ready, Optional.empty())));
    }

    JournalEntry check(TaskId part, String agent, long epoch, Optional<CheckResult> result) {
        return take(new Input.Reported(new AgentReport.CheckChanged(agent, epoch, part, result)));
    }

    /// Time passes, and what comes due on the way is looked at.
    World pass(Duration time) {
        var end = now.plus(time);
        for (int i = 0; i < 10_000; i++) {
            var due = image.nextDue().filter(at -> !at.isAfter(end));
            if (due.isEmpty()) {
                now = end;
                return this;
            }
            now = due.get().isAfter(now) ? due.get() : now;
            take(new Input.Due(image.dueAt(now, 100)));
            work();
        }
        throw new AssertionError("always something due");
    }

    List<Instance> instances(String app) {
        return List.copyOf(image.instances(PathId.of(app)));
    }

    SortedMap<Condition, Integer> conditions(String app) {
        var counts = new TreeMap<Condition, Integer>();
        instances(app).forEach(instance -> counts.merge(instance.condition(), 1, Integer::sum));
        return counts;
    }

    /// The whole journal, decided again, gives the same.
    void replays() {
        var replay = new Replay(Settings.DEFAULT);
        journal.forEach(entry -> assertThat(replay.take(entry)).isEmpty());
    }
}
