package io.ekiden.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The processes of one test's tasks, as the machine numbers them. A task cannot tell its number:
/// in its own namespace it has another. So a process counts as a task's only if its environment
/// names a sandbox below the test's own directory; nothing else is ever signalled.
///
/// @param directory of the test
record TaskProcesses(Path directory) {
    private static final Path PROC = Path.of("/proc");

    /// Numbers of the processes that run this program for a task.
    ///
    /// @param program as the kernel names it, such as `sleep`
    Set<Long> running(String program) {
        assumeTrue(Files.isReadable(PROC.resolve("self/environ")), "needs /proc (Linux)");
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> read(pid, "comm").strip().equals(program))
                .filter(this::isTask)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// @throws IllegalArgumentException when the process is not one of this test's tasks
    void kill9(long pid) {
        if (!isTask(pid)) {
            throw new IllegalArgumentException(pid + " is no task of this test");
        }
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private boolean isTask(long pid) {
        return read(pid, "environ").contains("MESOS_SANDBOX=" + directory + "/");
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(
                    PROC.resolve(Long.toString(pid)).resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has just ended, or is another user's.
            return "";
        }
    }
}
