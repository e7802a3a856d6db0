package io.ekiden.log;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A running checksum over the records of `cluster-state`, their keys and values as they are
/// written, without the head. It does not depend on the order in which they came, and a put or a
/// removal costs the same however many there are. It finds damage, not forgery.
public final class StateChecksum {
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Map<String, Long> hashes = new HashMap<>();
    private long sum;

    public void put(String key, byte[] value) {
        long hash = hash(key.getBytes(StandardCharsets.UTF_8), value);
        var before = hashes.put(key, hash);
        sum += hash - (before == null ? 0 : before);
    }

    public void remove(String key) {
        var before = hashes.remove(key);
        sum -= before == null ? 0 : before;
    }

    public void clear() {
        hashes.clear();
        sum = 0;
    }

    /// Sixteen hexadecimal digits.
    public String sum() {
        return "%016x".formatted(sum);
    }

    public long count() {
        return hashes.size();
    }

    /// FNV-1a over the key, a byte that UTF-8 never has, and the value; mixed at the end because
    /// the hashes are added.
    private static long hash(byte[] key, byte[] value) {
        long hash = fold(FNV_BASIS, key);
        hash = (hash ^ 0xff) * FNV_PRIME;
        return mixed(fold(hash, value));
    }

    private static long fold(long start, byte[] bytes) {
        long hash = start;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
