package io.ekiden.gateway.log;

import io.ekiden.log.Codec;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Topics;
import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// One reader's way through the journal: the committed entries in their order, from one on. Where
/// the journal does not have that one, it begins with the next, or with the oldest when there is no
/// next, and says so. Entries that cannot be read, such as those of a newer version, are passed
/// over, and that is said too.
///
/// It holds at most a page between two calls. Not safe for several threads.
public final class JournalWalk {
    private final LogPages pages;
    private final TopicPartition journal;
    private Optional<EntryChain> chain = Optional.empty();
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> read = new ArrayDeque<>();
    private boolean gap;
    private boolean passedOver;
    private boolean atEnd;
    private long end;
    private long next;

    private JournalWalk(LogPages pages, Topics topics) {
        this.pages = pages;
        this.journal = new TopicPartition(topics.journal().fullName(), 0);
    }

    /// @param sequence of the entry to begin with
    public static JournalWalk from(LogPages pages, Topics topics, long sequence) {
        var walk = new JournalWalk(pages, topics);
        walk.find(sequence);
        return walk;
    }

    /// An entry and where it stands.
    private record Placed(long offset, JournalEntry entry) {}

    /// Halves the journal until it finds the entry: offsets are no sequences, since transactions
    /// leave marks, but both rise together.
    private void find(long sequence) {
        var span = pages.span(journal);
        end = span.end();
        next = span.beginning();
        long low = span.beginning();
        long high = span.end();
        boolean later = false;
        gap = true;
        while (low < high) {
            var found = firstAt(low + (high - low) / 2, high);
            if (found.isEmpty() || found.get().entry().sequence() > sequence) {
                later |= found.isPresent();
                high = low + (high - low) / 2;
            } else if (found.get().entry().sequence() < sequence) {
                low = found.get().offset() + 1;
            } else {
                next = found.get().offset();
                gap = false;
                return;
            }
        }
        if (later) {
            next = low;
        }
    }

    private Optional<Placed> firstAt(long from, long before) {
        for (long at = from; at < before; ) {
            var page = pages.page(journal, at);
            for (var record : page.records()) {
                var entry = decoded(record);
                if (entry.isPresent()) {
                    return entry.filter(_ -> record.offset() < before)
                            .map(e -> new Placed(record.offset(), e));
                }
            }
            // A log that was cut off has no more.
            at = page.isLast() ? before : page.next();
        }
        return Optional.empty();
    }

    private static Optional<JournalEntry> decoded(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(Codec.decode(JournalEntry.class, record.value()));
        } catch (Codec.Unreadable e) {
            return Optional.empty();
        }
    }

    /// Whether the entry to begin with is not there.
    public boolean hasGap() {
        return gap;
    }

    /// The entry that [#next] begins with where there is a gap; empty when there is none at all.
    public Optional<Long> earliest() {
        return firstAt(next, end).map(placed -> placed.entry().sequence());
    }

    /// Whether there are entries before the last that [#next] gave which cannot be read.
    public boolean hasPassedOver() {
        return passedOver;
    }

    /// The entry that follows; empty when there is none now, or only [#isAtEnd] tells.
    ///
    /// @throws Damaged when an entry is missing or cannot be read
    public Optional<JournalEntry> next() throws Damaged {
        atEnd = false;
        if (read.isEmpty()) {
            var page = pages.page(journal, next);
            read.addAll(page.records());
            next = page.next();
            end = page.end();
            atEnd = read.isEmpty() && page.isLast();
        }
        var entry = Optional.<JournalEntry>empty();
        while (entry.isEmpty() && !read.isEmpty()) {
            entry = take(read.removeFirst());
        }
        return entry;
    }

    private Optional<JournalEntry> take(ConsumerRecord<byte[], byte[]> record) throws Damaged {
        if (chain.isEmpty()) {
            chain = decoded(record).map(first -> EntryChain.from(first, end));
        }
        if (chain.isEmpty()) {
            return Optional.empty();
        }
        return switch (chain.get().judge(record.offset(), record.key(), record.value())) {
            case EntryChain.Verdict.Next(var entry) -> {
                passedOver = false;
                yield Optional.of(entry);
            }
            case EntryChain.Verdict.After(var entry) -> {
                passedOver = true;
                yield Optional.of(entry);
            }
            case EntryChain.Verdict.Known _, EntryChain.Verdict.Foreign _ -> Optional.empty();
            case EntryChain.Verdict.Broken(var why) -> throw new Damaged(why);
        };
    }

    /// Whether the last [#next] found that everything has been given that was committed when it was
    /// called.
    public boolean isAtEnd() {
        return atEnd;
    }

    /// Of the last entry that was given; 0 for none.
    public long sequence() {
        return chain.map(EntryChain::sequence).orElse(0L);
    }
}
