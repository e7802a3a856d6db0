package io.ekiden.simulator.shrink;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.Seen;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The runs that once failed, kept in the sources for ever.
public final class Regressions {
    /// From the root of the checkout.
    public static final String FOLDER = "simulator/src/test/resources/regressions";

    /// As long as one failing run is worth.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Regressions() {}

    /// Makes a failing run small, prints what is left of it and keeps it.
    public static void keep(Path checkout, Probe probe, long seed, Seen failing, PrintWriter out)
            throws IOException {
        var shrunk = Shrinker.shrink(probe, failing, PATIENCE);
        var seen = shrunk.seen();
        var broken = seen.broken().orElseThrow();
        var regression =
                new Regression(
                        broken.invariant(), seed, seen.options(), broken.detail(), seen.choices());
        var file = checkout.resolve(FOLDER).resolve(broken.invariant() + "-" + seed + ".txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, regression.text());
        out.printf(
                "shrunk seed=%d invariant=%s events=%d was=%d runs=%d file=%s%n  options: %s%n  seen: %s%n",
                seed,
                broken.invariant(),
                seen.events(),
                failing.events(),
                shrunk.runs(),
                file,
                seen.options(),
                broken.detail());
        broken.trace().lines().forEach(line -> out.println("    " + line));
    }
}
