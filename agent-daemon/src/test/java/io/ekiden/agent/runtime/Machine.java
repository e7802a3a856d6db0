package io.ekiden.agent.runtime;

import static org.awaitility.Awaitility.await;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// One work directory on which runtimes come and go; ends every process that they left.
final class Machine implements AutoCloseable {
    private final Path dir;
    private final Isolation isolation;
    private final List<Agent> agents = new ArrayList<>();

    Machine(Path dir, Isolation isolation) {
        this.dir = dir;
        this.isolation = isolation;
    }

    Agent agent(String bootId) throws IOException {
        var agent = new Agent(new WorkDir(dir), bootId, isolation);
        agents.add(agent);
        return agent;
    }

    @Override
    public void close() {
        agents.forEach(agent -> agent.runtime.close());
        var work = new WorkDir(dir);
        for (var id : agents.stream().flatMap(a -> a.started.stream()).distinct().toList()) {
            var files = new TaskFiles(id, work.task(id), work.sandbox(id));
            files.init().filter(Processes.Identity::lives).ifPresent(p -> Processes.kill(p.pid()));
            await().until(() -> {
                var left = Processes.of(id, files.leader());
                left.forEach(Processes::kill);
                boolean over = files.supervisor().filter(Processes.Identity::lives).isEmpty();
                return left.isEmpty() && over;
            });
            Cgroups.remove(files.cgroups());
        }
    }

    /// One life of an agent's runtime.
    static final class Agent {
        final WorkDir work;
        final TaskRecords records;
        final NativeRuntime runtime;
        final List<LocalTask> recovered;
        final List<TaskId> started = new CopyOnWriteArrayList<>();
        private final List<Event> events = new CopyOnWriteArrayList<>();

        Agent(WorkDir work, String bootId, Isolation isolation) throws IOException {
            this.work = work;
            work.create();
            try (InputStream script = NativeRuntime.class.getResourceAsStream("supervise.sh")) {
                Files.write(Launcher.script(work), script.readAllBytes());
            }
            records = new TaskRecords(work, bootId);
            runtime =
                    new NativeRuntime(
                            work, records, bootId, "127.0.0.1", isolation, new TreeMap<>());
            recovered = runtime.recover();
            runtime.watch(events::add);
        }

        void start(LocalTask task) {
            started.add(task.taskId());
            records.write(task);
            runtime.start(task);
        }

        List<Event> events(LocalTask task) {
            return events.stream()
                    .filter(e -> about(e).equals(Optional.of(task.taskId())))
                    .toList();
        }

        void awaitRunning(LocalTask task) {
            await().until(() -> events(task).contains(new Event.Running(task.taskId())));
        }

        Event end(LocalTask task) {
            return await().until(
                            () ->
                                    events(task).stream()
                                            .filter(e -> !(e instanceof Event.Running))
                                            .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
        }

        private static Optional<TaskId> about(Event event) {
            return switch (event) {
                case Event.Running(var id) -> Optional.of(id);
                case Event.Ended(var id, _, _) -> Optional.of(id);
                case Event.NotStartable(var id, _) -> Optional.of(id);
                default -> Optional.empty();
            };
        }
    }
}
