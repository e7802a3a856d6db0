package io.ekiden.agent;

import io.ekiden.log.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// An agent as a process of its own, so that it can be killed outright.
final class AgentProcess implements AutoCloseable {
    private final Process process;

    private AgentProcess(Process process) {
        this.process = process;
    }

    /// @param log what it prints is added to this file
    static AgentProcess start(
            String bootstrap, Topics topics, Path workDir, String agentId, Path log)
            throws IOException {
        return new AgentProcess(
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        // It does not live long enough to be worth compiling.
                                        "-XX:TieredStopAtLevel=1",
                                        "-XX:+UseSerialGC",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        "io.ekiden.agent.AgentMain",
                                        "--bootstrap-servers",
                                        bootstrap,
                                        "--topic-prefix",
                                        topics.prefix(),
                                        "--work-dir",
                                        workDir.toString(),
                                        "--agent",
                                        "name=%s;cpus=1;mem=512;ports=31000-31099"
                                                .formatted(agentId)))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    /// SIGKILL; returns when it is gone.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
