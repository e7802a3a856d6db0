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
    /// Of a `long`, all of which are good.
    private static final int MAX_DIGITS = 19;

    private final long provenOffset;
    private long sequence;
    private String hash;
    private Optional<Link> unreadable = Optional.empty();

    /// What would follow on a record that cannot be read, if that is an entry.
    private record Link(long next, String hash) {}

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

        /// The next entry that can be read. It names the hash of one before it that cannot be, so
        /// that one was an entry too.
        record After(JournalEntry entry) implements Verdict {}

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

    /// A `Next` and an `After` are taken as applied.
    Verdict judge(long offset, byte[] key, byte[] value) {
        try {
            return judge(offset, value, Codec.decode(JournalEntry.class, value));
        } catch (Codec.Unreadable e) {
            unreadable =
                    named(key)
                            .filter(_ -> value != null)
                            .map(named -> new Link(named + 1, EntryHash.of(value)));
            boolean ours = offset >= provenOffset && named(key).equals(Optional.of(sequence + 1));
            return ours
                    ? new Verdict.Broken("entry %d: %s".formatted(sequence + 1, e.getMessage()))
                    : new Verdict.Foreign(e.getMessage());
        }
    }

    private Verdict judge(long offset, byte[] value, JournalEntry entry) {
        if (entry.sequence() <= sequence) {
            return new Verdict.Known(entry);
        }
        if (unreadable.equals(Optional.of(new Link(entry.sequence(), entry.previousHash())))) {
            take(entry, value);
            return new Verdict.After(entry);
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
        take(entry, value);
        return new Verdict.Next(entry);
    }

    private void take(JournalEntry entry, byte[] value) {
        sequence = entry.sequence();
        hash = EntryHash.of(value);
        unreadable = Optional.empty();
    }

    /// The sequence that a record's key names.
    private static Optional<Long> named(byte[] key) {
        return Optional.ofNullable(key)
                .filter(bytes -> bytes.length < MAX_DIGITS)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(text -> text.matches("[0-9]+"))
                .map(Long::valueOf);
    }
}
