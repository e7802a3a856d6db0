package io.ekiden.simulator.mutants;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.Seen;
import java.util.Optional;

/// What a hunt came to: seed after seed was run until an invariant failed.
///
/// @param seeds needed, the failing one included; all that were tried when nothing failed
public record Hunt(Optional<Seen.Broken> broken, long seeds, long millis) {

    /// @param limit so many seeds at most, from 1 on
    public static Hunt in(Probe world, long limit) {
        long begun = System.nanoTime();
        long seed = 0;
        var broken = Optional.<Seen.Broken>empty();
        while (broken.isEmpty() && seed < limit) {
            broken = world.run(++seed).broken();
        }
        return new Hunt(broken, seed, (System.nanoTime() - begun) / 1_000_000);
    }

    public boolean found() {
        return broken.isPresent();
    }
}
