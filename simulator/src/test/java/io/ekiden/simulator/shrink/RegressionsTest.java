package io.ekiden.simulator.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.simulator.mutants.Checkout;
import io.ekiden.simulator.probe.SimulationProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What once failed does not fail again.
final class RegressionsTest {
    static Stream<Path> files() throws IOException {
        var folder = Checkout.around(Path.of("")).orElseThrow().root().resolve(Regressions.FOLDER);
        try (var files = Files.list(folder)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void holds(Path file) throws IOException {
        var regression = Regression.parse(Files.readString(file));
        assertThat(new SimulationProbe().replay(regression.choices()).broken()).isEmpty();
    }
}
