package io.ekiden.simulator.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.simulator.mutants.Checkout;
import io.ekiden.simulator.mutants.Worlds;
import io.ekiden.simulator.probe.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The shrinker on the real simulator with a bug planted in it.
final class ShrunkMutantTest {
    private static final Checkout CHECKOUT = Checkout.around(Path.of("")).orElseThrow();

    @Test
    void theRunIsSmallFailsAlikeAndIsSoundWithoutTheBug() {
        var worlds = new Worlds(CHECKOUT);
        var mutant =
                CHECKOUT.mutants().stream()
                        .filter(one -> one.name().equals("force-assumed"))
                        .findFirst()
                        .orElseThrow();
        var world = worlds.of(mutant);
        var failing =
                LongStream.rangeClosed(1, 40)
                        .mapToObj(world::run)
                        .filter(seen -> seen.broken().isPresent())
                        .findFirst()
                        .orElseThrow();
        var invariant = failing.broken().map(Seen.Broken::invariant).orElseThrow();

        var shrunk = Shrinker.shrink(world, failing, Duration.ofSeconds(20)).seen();

        assertThat(shrunk.events()).isLessThan(failing.events());
        var kept = new Regression(invariant, 1, shrunk.options(), "", shrunk.choices()).text();
        var choices = Regression.parse(kept).choices();
        assertThat(world.replay(choices).breaks(invariant)).isTrue();
        assertThat(worlds.unmutated().replay(choices).broken()).isEmpty();
    }
}
