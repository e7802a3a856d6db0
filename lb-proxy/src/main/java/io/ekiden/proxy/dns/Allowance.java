package io.ekiden.proxy.dns;

import java.net.InetAddress;
import java.util.Arrays;

/// How many bytes beyond what it sent a source of datagrams may draw in a second: whoever forges
/// the address of another must not drown him in answers. Beyond that the source is advised to ask
/// over TCP, where it cannot be forged. Sources share a few thousand purses by the hash of their
/// address, so that no flood takes memory. Not safe for use by several threads.
final class Allowance {
    private static final int PURSES = 4096;
    private static final long SECOND = 1_000_000_000;

    /// Answers not larger than this many times the question cost nothing.
    private static final int FREE = 3;

    private final int bytesPerSecond;
    private final int seed;
    private final int[] spent = new int[PURSES];
    private long since;

    /// @param seed makes the hash one that cannot be foreseen
    /// @param now in nanoseconds of the monotonic clock
    Allowance(int bytesPerSecond, int seed, long now) {
        this.bytesPerSecond = bytesPerSecond;
        this.seed = seed;
        this.since = now;
    }

    /// Whether an answer may be given to this source.
    boolean allows(InetAddress source, int question, int answer, long now) {
        if (answer <= FREE * question) {
            return true;
        }
        if (now - since >= SECOND) {
            Arrays.fill(spent, 0);
            since = now;
        }
        int purse = Math.floorMod(31 * seed + source.hashCode() * (seed | 1), PURSES);
        if (spent[purse] + answer > bytesPerSecond) {
            return false;
        }
        spent[purse] += answer;
        return true;
    }
}
