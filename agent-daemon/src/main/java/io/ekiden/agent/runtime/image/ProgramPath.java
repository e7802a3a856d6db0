package io.ekiden.agent.runtime.image;

import io.ekiden.agent.core.TaskEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Where the machine's programs are.
final class ProgramPath {
    private ProgramPath() {}

    static boolean has(String program) {
        return Arrays.stream(TaskEnvironment.PATH.split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
