package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.ekiden.agent.AgentConfig;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The containers of one agent, as the engine itself has them.
public final class Containers implements AutoCloseable {
    public static final String IMAGE = TestImage.BUSYBOX;

    private final DockerClient docker = DockerMachine.client(AgentConfig.DOCKER_HOST);
    private final String agentId;

    public Containers(String agentId) {
        this.agentId = agentId;
        TestImage.make(docker);
    }

    private List<Container> list(boolean all) {
        return docker.listContainersCmd()
                .withShowAll(all)
                .withLabelFilter(Map.of("io.ekiden.agent", agentId))
                .exec();
    }

    /// Those that run, by task: the container's id. It runs once, so that says which execution.
    public Map<TaskId, String> running() {
        var running = new TreeMap<TaskId, String>();
        for (var container : list(false)) {
            var before =
                    running.put(
                            new TaskId(container.getLabels().get(Labels.TASK)), container.getId());
            if (before != null) {
                throw new AssertionError("two containers of one task: " + container);
            }
        }
        return running;
    }

    public boolean none() {
        return list(true).isEmpty();
    }

    @Override
    public void close() {
        for (var container : list(true)) {
            try {
                docker.removeContainerCmd(container.getId()).withForce(true).exec();
            } catch (NotFoundException | ConflictException e) {
                // It is being removed already.
            }
        }
        try {
            docker.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
