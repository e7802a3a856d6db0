package io.ekiden.simulator;

/// The one source of everything that could be otherwise in a run: delays, faults, what users do.
///
/// Each label has a stream of its own, so a choice that is changed or left out shifts no other
/// label's. Zero is always the calmest choice: no fault, the shortest delay, the plainest app; what
/// removes something from a run sets choices to zero.
public interface Choices {
    /// Parts in a million: the unit of every probability here.
    int MILLION = 1_000_000;

    /// @param bound more than 0
    /// @return at least 0 and less than `bound`
    int choose(String label, int bound);

    /// Whether something happens that does so `perMillion` times in a million.
    default boolean happens(String label, int perMillion) {
        return perMillion > 0 && choose(label, MILLION) >= MILLION - perMillion;
    }

    /// The same source for one of several alike: what one of them chooses shifts none of the
    /// others'.
    default Choices of(String one) {
        return (label, bound) -> choose(one + "." + label, bound);
    }

    /// From `least` to `most`, both included.
    default int between(String label, int least, int most) {
        return least + choose(label, most - least + 1);
    }
}
