package io.ekiden.gateway.log;

import io.ekiden.log.Codec;
import io.ekiden.log.EntryHash;
import io.ekiden.log.Head;
import io.ekiden.log.JournalEntry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Tells the journal's own entries from what others may have written to its topic: entries follow
/// each other without gaps, and each names the hash of the one before.
final class EntryChain {
    private final long provenOffset;
    private long sequence;
    private String hash;

    /// @param head how far the state goes that the entries are applied to; absent for none
    /// @param provenOffset before it, the journal has no entry but those that the state has and
    ///   their direct successors: what does not fit there cannot be an entry
    EntryChain(Optional<Head> head, long provenOffset) {
        this(
                head.map(Head::sequence).orElse(0L),
                head.map(Head::entryHash).orElse(""),
                provenOffset);
    }

    private EntryChain(long sequence, String hash, long provenOffset) {
        this.sequence = sequence;
        this.hash = hash;
        this.provenOffset = provenOffset;
    }

    /// Of which this entry, that is trusted, is the next.
    static EntryChain from(JournalEntry first, long provenOffset) {
        return new EntryChain(first.sequence() - 1, first.previousHash(), provenOffset);
    }

    /// What a record of the journal is.
    sealed interface Verdict {
        /// The next entry.
        record Next(JournalEntry entry) implements Verdict {}

        /// An entry that the state has already.
        record Known(JournalEntry entry) implements Verdict {}

        /// No entry of the planner: to be passed over.
        record Foreign(String why) implements Verdict {}

        /// An entry is missing or cannot be read: what follows must not be applied.
        record Broken(String why) implements Verdict {}
    }

    long sequence() {
        return sequence;
    }

    /// A `Next` is taken as applied.
    Verdict judge(long offset, byte[] key, byte[] value) {
        try {
            return judge(offset, value, Codec.decode(JournalEntry.class, value));
        } catch (Codec.Unreadable e) {
            boolean ours = offset >= provenOffset && names(key, sequence + 1);
            return ours
                    ? new Verdict.Broken("entry %d: %s".formatted(sequence + 1, e.getMessage()))
                    : new Verdict.Foreign(e.getMessage());
        }
    }

    private Verdict judge(long offset, byte[] value, JournalEntry entry) {
        if (entry.sequence() <= sequence) {
            return new Verdict.Known(entry);
        }
        if (entry.sequence() > sequence + 1) {
            var why = "entry %d follows entry %d".formatted(entry.sequence(), sequence);
            return offset < provenOffset ? new Verdict.Foreign(why) : new Verdict.Broken(why);
        }
        if (!entry.previousHash().equals(hash)) {
            return new Verdict.Foreign(
                    "entry %d does not name the hash of entry %d"
                            .formatted(entry.sequence(), sequence));
        }
        sequence = entry.sequence();
        hash = EntryHash.of(value);
        return new Verdict.Next(entry);
    }

    private static boolean names(byte[] key, long sequence) {
        return key != null
                && new String(key, StandardCharsets.UTF_8).equals(Long.toString(sequence));
    }
}
