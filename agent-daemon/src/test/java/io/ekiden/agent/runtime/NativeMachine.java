package io.ekiden.agent.runtime;

import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.runtime.image.ImageLauncher;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.model.Container;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// This machine, for native tasks.
final class NativeMachine implements Machine {
    private final Isolation isolation;
    private final WorkDir work;
    private final Optional<String> image;
    private final Map<WorkDir, SecretKeeper> keepers = new ConcurrentHashMap<>();

    NativeMachine(Path dir, Isolation isolation) {
        this(dir, isolation, Optional.empty());
    }

    /// @param image in which all tasks are, unpacked already
    NativeMachine(Path dir, Isolation isolation, Optional<String> image) {
        this.isolation = isolation;
        this.work = new WorkDir(dir);
        this.image = image;
    }

    @Override
    public TaskRuntime runtime(WorkDir work, String bootId) throws IOException {
        try (InputStream script = NativeRuntime.class.getResourceAsStream("supervise.sh")) {
            Files.write(Launcher.script(work), script.readAllBytes());
        }
        return new PodRuntime(
                new NativeRuntime(
                        work,
                        bootId,
                        "127.0.0.1",
                        isolation,
                        Machine.fetcher(work),
                        new TreeMap<>(),
                        secrets(work),
                        image.flatMap(_ -> images(work))),
                work,
                GRACE);
    }

    private Optional<ImageLauncher> images(WorkDir work) {
        return ImageLauncher.create(work, "127.0.0.1", new TreeMap<>(), secrets(work));
    }

    @Override
    public SecretKeeper secrets(WorkDir work) {
        return keepers.computeIfAbsent(work, Machine::keeper);
    }

    @Override
    public Container.Type kind() {
        return Container.Type.MESOS;
    }

    @Override
    public Given adapted(Given given) {
        return image.map(given::imageAlone).orElse(given);
    }

    @Override
    public String ofContainers() {
        return image.map("'image': {'kind': 'DOCKER', 'id': '%s'}, "::formatted).orElse("");
    }

    @Override
    public List<Long> left(TaskId task) {
        return Processes.of(task, Optional.empty());
    }

    TaskFiles files(TaskId task) {
        return new TaskFiles(task, work.task(task), work.sandbox(task));
    }

    @Override
    public Object execution(TaskId task) {
        return files(task).leader().filter(Processes.Identity::lives).orElseThrow();
    }

    @Override
    public boolean limitsMemory() {
        return isolation.cgroups().limits().isPresent();
    }

    @Override
    public boolean encloses() {
        return isolation.pidNamespace() || !isolation.cgroups().bases().isEmpty();
    }

    @Override
    public boolean runsAsOthers() {
        return isolation.root();
    }

    @Override
    public void end(WorkDir work, TaskId task) {
        var files = files(task);
        files.init().filter(Processes.Identity::lives).ifPresent(p -> Processes.kill(p.pid()));
        await().until(() -> {
            var left = Processes.of(task, files.leader());
            left.forEach(Processes::kill);
            boolean over = files.supervisor().filter(Processes.Identity::lives).isEmpty();
            return left.isEmpty() && over;
        });
        Cgroups.remove(files.cgroups());
    }

    @Override
    public void close() {}
}
