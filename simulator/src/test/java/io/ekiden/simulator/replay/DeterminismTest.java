package io.ekiden.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The same seed is the same run, in every JVM; and what was decided is decided again.
final class DeterminismTest {
    @Test
    void seedsGiveTheSameTracesInOtherJvms() throws IOException, InterruptedException {
        var main = Hashes.class.getName();
        var elsewhere = OtherJvm.start(OtherJvm.ELSEWHERE, main);
        var again =
                OtherJvm.start(List.of("-XX:+UnlockExperimentalVMOptions", "-XX:hashCode=0"), main);
        var here = Hashes.all();
        assertThat(here.split(" ", -1)).hasSize(Hashes.SEEDS).doesNotHaveDuplicates();
        assertThat(output(elsewhere)).isEqualTo(here);
        assertThat(output(again)).isEqualTo(here);
    }

    private static String output(Process process) throws IOException, InterruptedException {
        try (var out = process.getInputStream()) {
            var text = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(process.waitFor()).isZero();
            return text;
        }
    }
}
