package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /// Process ids in the order in which tasks were started.
    final List<Long> startedPids() throws IOException {
        return Files.exists(starts())
                ? Files.readAllLines(starts()).stream().map(Long::valueOf).toList()
                : List.of();
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    static void kill9(long pid) throws Exception {
        new ProcessBuilder("kill", "-9", Long.toString(pid)).start().waitFor();
    }
}
