package io.ekiden.simulator;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Draws every choice from one seed and records it. The generator is written out here (SplitMix64),
/// so that a seed means the same on every JVM and for ever.
public final class SeededChoices implements Choices {
    private final long seed;
    private final Map<String, Stream> streams = new HashMap<>();

    public SeededChoices(long seed) {
        this.seed = seed;
    }

    @Override
    public int choose(String label, int bound) {
        return streams.computeIfAbsent(label, this::stream).next(bound);
    }

    private Stream stream(String label) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < label.length(); i++) {
            hash = (hash ^ label.charAt(i)) * 0x100000001b3L;
        }
        return new Stream(mixed(mixed(seed) ^ hash));
    }

    /// What was chosen so far.
    public Recorded recorded() {
        var all = new TreeMap<String, int[]>();
        streams.forEach((label, stream) -> all.put(label, stream.chosen.toArray()));
        return new Recorded(all);
    }

    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// One label's choices.
    private static final class Stream {
        private final IntList chosen = new IntList();
        private long state;

        Stream(long state) {
            this.state = state;
        }

        int next(int bound) {
            state += 0x9e3779b97f4a7c15L;
            int choice = (int) (((mixed(state) >>> 32) * bound) >>> 32);
            chosen.add(choice);
            return choice;
        }
    }
}
