package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.PortRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What every end-to-end test does at its end: it proves that the log tells the truth, by deciding
/// the whole journal again, and stops what it has started.
abstract class EkidenTest {
    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private RunningEkiden ekiden;

    /// Starts the one Ekiden of the test.
    final RunningEkiden up(String... args) throws Exception {
        ekiden = RunningEkiden.up(directory, args);
        return ekiden;
    }

    @AfterEach
    final void theJournalIsDecidedAgainWithoutADifference() throws Exception {
        if (ekiden == null) {
            return;
        }
        try (var stopped = ekiden) {
            if (!stopped.launcher().isRunning()) {
                stopped.start();
            }
            var journal = Journal.read(stopped.kafka());
            var first = stopped.servicePort();
            assertThat(journal.entries()).isNotEmpty();
            assertThat(journal.differences(new PortRange(first, first + 99))).isEmpty();
        }
    }

    /// The file in which tasks note their starts.
    final Path starts() {
        return directory.resolve("starts");
    }

    /// The ids of the tasks in the order in which they were started.
    final List<String> started() throws IOException {
        return Files.exists(starts()) ? Files.readAllLines(starts()) : List.of();
    }

    /// Numbers of the processes that run this program for a task of this test.
    final Set<Long> running(String program) {
        return new TaskProcesses(directory).running(program);
    }

    final void kill9(long pid) {
        new TaskProcesses(directory).kill9(pid);
    }

    /// What this command of Docker prints.
    static List<String> docker(String... arguments) throws IOException {
        var command = Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return output.lines().toList();
    }
}
