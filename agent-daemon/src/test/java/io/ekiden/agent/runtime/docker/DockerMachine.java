package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.ekiden.agent.AgentConfig;
import io.ekiden.agent.Given;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Life;
import io.ekiden.agent.runtime.Machine;
import io.ekiden.agent.runtime.PodRuntime;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// The Docker engine of this machine, used by one agent of a cluster that nobody else has.
final class DockerMachine implements Machine {
    static final String AGENT = "agent-1";

    /// Looks more often than in production, and gives up earlier.
    static final Patience QUICK =
            new Patience(
                    Duration.ofMillis(200),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(10));

    final String cluster = "test-" + UUID.randomUUID();
    final DockerClient docker;
    private final Map<WorkDir, SecretKeeper> keepers = new ConcurrentHashMap<>();
    private final String seen;
    private final Patience patience;

    DockerMachine() {
        this(AgentConfig.DOCKER_HOST, AgentConfig.DOCKER_HOST, QUICK);
    }

    /// @param host at which the test itself speaks to the engine
    /// @param seen at which the runtime does
    DockerMachine(String host, String seen, Patience patience) {
        this.seen = seen;
        this.patience = patience;
        docker = client(host);
        TestImage.make(docker);
    }

    static DockerClient client(String host) {
        var config =
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(host)
                        .withDockerTlsVerify(false)
                        .withDockerContext("default")
                        .build();
        var http =
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .maxConnections(100)
                        .build();
        return DockerClientImpl.getInstance(config, http);
    }

    @Override
    public TaskRuntime runtime(WorkDir work, String bootId) {
        var docker =
                new DockerRuntime(
                        work,
                        bootId,
                        seen,
                        AGENT,
                        () -> Optional.of(cluster),
                        new TaskHost(
                                "127.0.0.1",
                                "127.0.0.1",
                                true,
                                VolumeDrivers.ALL,
                                new TreeMap<>(),
                                List.of()),
                        Machine.fetcher(work),
                        secrets(work),
                        patience);
        return new PodRuntime(docker, work, GRACE);
    }

    @Override
    public SecretKeeper secrets(WorkDir work) {
        return keepers.computeIfAbsent(work, Machine::keeper);
    }

    /// One life of an agent in this directory.
    Life life(Path dir) {
        try {
            var work = new WorkDir(dir);
            work.create();
            return new Life(work, "boot-1", runtime(work, "boot-1"), ConcurrentHashMap.newKeySet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LocalTask task(Given given) {
        return adapted(given).local();
    }

    @Override
    public io.ekiden.model.Container.Type kind() {
        return io.ekiden.model.Container.Type.DOCKER;
    }

    @Override
    public Given adapted(Given given) {
        return given.image(TestImage.BUSYBOX);
    }

    @Override
    public String ofContainers() {
        return "'image': {'kind': 'DOCKER', 'id': '%s'}, ".formatted(TestImage.BUSYBOX);
    }

    List<Container> containers() {
        return docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of("io.ekiden.cluster", cluster))
                .exec();
    }

    @Override
    public List<Container> left(TaskId task) {
        return containers().stream()
                .filter(c -> task.value().equals(c.getLabels().get(Labels.TASK)))
                .toList();
    }

    @Override
    public Object execution(TaskId task) {
        var container = docker.inspectContainerCmd(ContainerSpec.name(task)).exec();
        if (!Boolean.TRUE.equals(container.getState().getRunning())) {
            throw new IllegalStateException("does not run");
        }
        return List.of(container.getId(), container.getState().getStartedAt());
    }

    @Override
    public boolean limitsMemory() {
        return true;
    }

    @Override
    public boolean encloses() {
        return true;
    }

    @Override
    public boolean runsAsOthers() {
        return true;
    }

    @Override
    public void end(WorkDir work, TaskId task) {
        left(task).forEach(container -> remove(container.getId()));
    }

    void remove(String id) {
        try {
            docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
        } catch (NotFoundException | ConflictException e) {
            // It is being removed already.
        }
    }

    @Override
    public void close() {
        containers().forEach(container -> remove(container.getId()));
        try {
            docker.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
