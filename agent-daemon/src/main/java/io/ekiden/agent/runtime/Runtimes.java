package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.runtime.docker.DockerRuntime;
import io.ekiden.model.Container;
import io.ekiden.model.Network;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The runtimes of an agent as one: each task is run by that of its kind.
///
/// A pod in images is an engine's if there is one, and else a native task where images can be run
/// without.
///
/// What the agent is not to offer is not started; but what runs from earlier is looked after.
public final class Runtimes implements TaskRuntime {
    private final Set<Container.Type> offered;
    private final NativeRuntime plain;
    private final DockerRuntime docker;
    private boolean dockerUsed;
    private volatile Optional<Consumer<Event>> listener = Optional.empty();

    /// @param offered the kinds that new tasks may be of
    public Runtimes(Set<Container.Type> offered, NativeRuntime plain, DockerRuntime docker) {
        this.offered = Set.copyOf(offered);
        this.plain = plain;
        this.docker = docker;
        this.dockerUsed = this.offered.contains(Container.Type.DOCKER);
    }

    @Override
    public List<LocalTask> recover(List<TaskRecords.Found> found) {
        var containers = found.stream().filter(this::ofDocker).toList();
        dockerUsed = dockerUsed || containers.stream().anyMatch(f -> !f.task().ended());
        var tasks = new ArrayList<LocalTask>(docker.recover(containers));
        tasks.addAll(plain.recover(found.stream().filter(f -> !ofDocker(f)).toList()));
        return List.copyOf(tasks);
    }

    private boolean ofDocker(TaskRecords.Found found) {
        return docker.owns(found) && !plain.hasImage(found.task().taskId());
    }

    @Override
    public void watch(Consumer<Event> events) {
        listener = Optional.of(events);
        plain.watch(events);
        if (dockerUsed) {
            docker.watch(events);
        }
    }

    private TaskRuntime of(LocalTask task) {
        return plain.hasImage(task.taskId())
                ? plain
                : of(task.task().map(t -> t.spec().runtime()).orElseGet(() -> kind(task.taskId())));
    }

    private TaskRuntime of(Container.Type kind) {
        return switch (kind) {
            case MESOS -> plain;
            case DOCKER -> docker;
        };
    }

    private Container.Type kind(RunSpec spec) {
        boolean withoutEngine =
                spec.kind() == RunSpec.Kind.POD
                        && spec.contained()
                        && spec.network() == Network.HOST
                        && plain.attributes().containsKey(Container.IMAGES)
                        && !runs().contains(Container.Type.DOCKER);
        return withoutEngine ? Container.Type.MESOS : spec.runtime();
    }

    private Container.Type kind(TaskId taskId) {
        return docker.owns(taskId) ? Container.Type.DOCKER : Container.Type.MESOS;
    }

    @Override
    public void start(LocalTask task) {
        var kind = task.task().map(t -> kind(t.spec())).orElse(Container.Type.MESOS);
        if (offered.contains(kind)) {
            of(kind).start(task);
        } else {
            var reason = "this agent runs no tasks of type " + kind;
            listener.ifPresent(to -> to.accept(new Event.NotStartable(task.taskId(), reason)));
        }
    }

    @Override
    public void kill(TaskId taskId, Duration grace) {
        // Neither minds a task that it does not follow.
        plain.kill(taskId, grace);
        docker.kill(taskId, grace);
    }

    @Override
    public Finding check(LocalTask task, String command, Duration timeout) {
        return of(task).check(task, command, timeout);
    }

    @Override
    public Exec.Begun exec(LocalTask task, Exec.Wanted wanted) {
        return of(task).exec(task, wanted);
    }

    @Override
    public Optional<String> address(LocalTask task) {
        return of(task).address(task);
    }

    @Override
    public Optional<Instant> runningSince(TaskId taskId) {
        return of(kind(taskId)).runningSince(taskId);
    }

    @Override
    public Measurement usage(TaskId taskId) {
        return of(kind(taskId)).usage(taskId);
    }

    @Override
    public void collect(TaskId taskId) {
        of(kind(taskId)).collect(taskId);
    }

    @Override
    public SortedSet<Container.Type> runs() {
        var kinds = new TreeSet<>(plain.runs());
        kinds.addAll(docker.runs());
        kinds.retainAll(offered);
        return Sorted.copyOf(kinds);
    }

    @Override
    public SortedMap<String, String> attributes() {
        var attributes = new TreeMap<>(plain.attributes());
        attributes.putAll(docker.attributes());
        return Sorted.copyOf(attributes);
    }

    @Override
    public void close() {
        plain.close();
        docker.close();
    }
}
