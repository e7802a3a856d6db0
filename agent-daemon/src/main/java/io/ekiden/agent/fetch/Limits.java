package io.ekiden.agent.fetch;

import java.time.Duration;

/// What one artifact may take, so that none fills the disk or keeps the agent busy for ever.
///
/// @param bytes of the file, and of all that is unpacked from it
/// @param ratio of what is unpacked to the archive's size, once that is more than a few MiB
/// @param entries of an archive
/// @param connect until a server answers at all
/// @param silence of a server in the middle of an answer
/// @param all of a task's artifacts together
record Limits(
        long bytes, int ratio, int entries, Duration connect, Duration silence, Duration all) {
    static final Limits DEFAULT =
            new Limits(
                    1L << 30,
                    100,
                    10_000,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(15));

    private static final long ANY_RATIO = 10L << 20;

    /// How much may come out of an archive of this size.
    long unpacked(long archive) {
        return Math.min(bytes, Math.max(ANY_RATIO, archive * ratio));
    }
}
