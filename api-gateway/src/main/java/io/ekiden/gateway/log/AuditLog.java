package io.ekiden.gateway.log;

import io.ekiden.gateway.core.AuditQuery;
import io.ekiden.gateway.core.AuditRecord;
import io.ekiden.log.Codec;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.RefusedCalls;
import io.ekiden.log.Topics;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// The audit as it stands on the log, the newest record first: what was decided, from the journal,
/// and what gateways refused, from `audit-refused`. Nothing of it is kept here; how much one search
/// reads is limited.
public final class AuditLog {
    /// Records that one search looks at.
    public static final int MAX_READ = 20_000;

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final LogPages pages;
    private final TopicPartition journal;
    private final TopicPartition refused;
    private final Function<RefusedCalls, Optional<PathId>> about;

    /// @param about what the path of the first of refused calls names
    public AuditLog(LogPages pages, Topics topics, Function<RefusedCalls, Optional<PathId>> about) {
        this.pages = pages;
        this.journal = new TopicPartition(topics.journal().fullName(), 0);
        this.refused = new TopicPartition(topics.auditRefused().fullName(), 0);
        this.about = about;
    }

    /// @param next where to go on from; empty when there is no more
    public record Found(List<AuditRecord> records, Optional<AuditQuery.Cursor> next) {
        public Found {
            records = List.copyOf(records);
        }
    }

    /// @param wanted which records count
    public Found search(AuditQuery query, Predicate<AuditRecord> wanted) {
        var decided = open(journal, query, query.cursor().map(AuditQuery.Cursor::journal));
        var calls = open(refused, query, query.cursor().map(AuditQuery.Cursor::refused));
        var found = new ArrayList<AuditRecord>();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        for (int read = 0;
                read < MAX_READ && found.size() < query.limit() && System.nanoTime() < deadline;
                read++) {
            boolean ofJournal = decided.time() >= calls.time();
            var source = ofJournal ? decided : calls;
            var record = source.peek();
            if (record.isEmpty()) {
                break;
            }
            source.take();
            (ofJournal ? entry(record.get()) : call(record.get()))
                    .filter(wanted)
                    .ifPresent(found::add);
        }
        var next = new AuditQuery.Cursor(decided.offset(), calls.offset());
        return new Found(
                found, decided.isDone() && calls.isDone() ? Optional.empty() : Optional.of(next));
    }

    private NewestFirst open(TopicPartition partition, AuditQuery query, Optional<Long> cursor) {
        var span = pages.span(partition);
        long from = query.from().map(time -> at(partition, time, span)).orElse(span.beginning());
        long to = query.to().map(time -> at(partition, time, span)).orElse(span.end());
        long before = Math.min(to, cursor.orElse(Long.MAX_VALUE));
        return new NewestFirst(pages, partition, from, Math.min(before, span.end()));
    }

    private long at(TopicPartition partition, Instant time, LogPages.Span span) {
        return Math.min(pages.offsetAt(partition, time).orElse(span.end()), span.end());
    }

    private static Optional<AuditRecord> entry(ConsumerRecord<byte[], byte[]> record) {
        return decoded(JournalEntry.class, record)
                .flatMap(entry -> AuditRecord.of(time(record), entry));
    }

    private Optional<AuditRecord> call(ConsumerRecord<byte[], byte[]> record) {
        return decoded(RefusedCalls.class, record)
                .map(calls -> AuditRecord.of(time(record), calls, about.apply(calls)));
    }

    private static Instant time(ConsumerRecord<byte[], byte[]> record) {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /// What others wrote there is no record of ours.
    private static <T> Optional<T> decoded(Class<T> type, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(Codec.decode(type, record.value()));
        } catch (Codec.Unreadable e) {
            return Optional.empty();
        }
    }
}
