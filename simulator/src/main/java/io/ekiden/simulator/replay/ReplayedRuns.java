package io.ekiden.simulator.replay;

import io.ekiden.simulator.Simulation;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Decides the journals of simulated runs again, in this JVM and in another one elsewhere.
public final class ReplayedRuns {
    private ReplayedRuns() {}

    /// Prints a line for each JVM; whether there was no difference in either.
    ///
    /// @param from the first seed
    /// @param runs how many
    public static boolean print(long from, long runs, PrintWriter out)
            throws IOException, InterruptedException {
        var here = new Tally();
        var other = OtherJvm.start(OtherJvm.ELSEWHERE, ReplayMain.class.getName());
        try (var to = new DataOutputStream(new BufferedOutputStream(other.getOutputStream()))) {
            for (long seed = from; seed < from + runs; seed++) {
                var journal = Simulation.journal(seed);
                here.take(journal);
                Journals.write(to, journal);
            }
        }
        out.println(here);
        try (var answer =
                new BufferedReader(
                        new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            answer.lines().forEach(out::println);
        }
        return other.waitFor() == 0 && here.differences() == 0;
    }
}
