package io.ekiden.standalone;

import io.ekiden.agent.AgentSpec;
import io.ekiden.agent.runtime.docker.VolumeDrivers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of `ekiden up` that are its agents'.
final class AgentOptions {
    @Option(
            names = "--agents",
            paramLabel = "N",
            description = "Divide this machine among N agents (default: 1).")
    private Integer agents;

    @Option(
            names = "--agent",
            paramLabel = "SPEC",
            description =
                    "One agent; repeatable. SPEC is"
                            + " \"name=a1;hostname=a1;attributes=rack:r1,zone:z1;cpus=2;mem=1024;ports=31000-31099\".")
    private List<String> agentSpecs = List.of();

    @Option(
            names = "--allow-privileged",
            description = "Let containers have all rights on this machine, when they ask for them.")
    private boolean privileged;

    @Option(
            names = "--volume-drivers",
            paramLabel = "LIST",
            defaultValue = "*",
            description =
                    "The Docker volume drivers that tasks may use, such as rexray,local; *: all, none: none (default: *).")
    private String volumeDrivers;

    @Option(
            names = "--fetch-files",
            paramLabel = "DIR",
            description =
                    "Let definitions fetch files below this directory by file: (default: none).")
    private Optional<Path> fetchFiles;

    Standalone.Agents agents() throws CommandFailure {
        if (fetchFiles.filter(directory -> !Files.isDirectory(directory)).isPresent()) {
            throw CommandFailure.usage(
                    "--fetch-files %s is no directory".formatted(fetchFiles.get()));
        }
        return new Standalone.Agents(
                specs(),
                privileged,
                VolumeDrivers.parse(volumeDrivers),
                fetchFiles.map(directory -> directory.toAbsolutePath().normalize()));
    }

    private List<AgentSpec> specs() throws CommandFailure {
        if (agents != null && !agentSpecs.isEmpty()) {
            throw CommandFailure.usage("--agents and --agent exclude each other");
        }
        return agentSpecs.isEmpty()
                ? Machine.divided(agents == null ? 1 : agents)
                : Machine.parsed(agentSpecs);
    }
}
