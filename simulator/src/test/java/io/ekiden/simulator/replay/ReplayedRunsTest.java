package io.ekiden.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Codec;
import io.ekiden.simulator.Simulation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/// Few runs; 1,000 by `./ekiden simulate --replay 1000`.
final class ReplayedRunsTest {
    @Test
    void journalsAreDecidedAgainTheSame() throws IOException, InterruptedException {
        var out = new StringWriter();
        assertThat(ReplayedRuns.print(1, 30, new PrintWriter(out))).isTrue();
        assertThat(out.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.contains("journals=30"))
                .allMatch(line -> line.contains("differences=0"))
                .anyMatch(line -> line.endsWith("locale=tr_TR time-zone=Asia/Kathmandu"));
    }

    @Test
    void journalsAreReadAsTheyWereWritten() throws IOException, Codec.Unreadable {
        var journal = Simulation.journal(1);
        var bytes = new ByteArrayOutputStream();
        Journals.write(new DataOutputStream(bytes), journal);
        var in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(Journals.read(in)).contains(journal);
        assertThat(Journals.read(in)).isEmpty();
        assertThat(journal).hasSizeGreaterThan(10);
    }

    /// A journal whose facts do not follow from its inputs is told from one whose do.
    @Test
    void differencesAreCounted() {
        var journal = Simulation.journal(1);
        var tally = new Tally();
        tally.take(journal.subList(1, journal.size()));
        assertThat(tally.differences()).isPositive();
    }
}
