package io.ekiden.gateway.log;

import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads a topic backwards, from one offset down to another.
final class NewestFirst {
    /// Offsets that are looked at together: a log can only be read forwards.
    private static final int WINDOW = 1000;

    private final LogPages pages;
    private final TopicPartition partition;
    private final long lowest;
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> window = new ArrayDeque<>();
    private long unread;

    /// @param lowest offset that is read
    /// @param before the first that is not
    NewestFirst(LogPages pages, TopicPartition partition, long lowest, long before) {
        this.pages = pages;
        this.partition = partition;
        this.lowest = lowest;
        this.unread = Math.max(lowest, before);
    }

    /// The newest that has not been taken.
    Optional<ConsumerRecord<byte[], byte[]>> peek() {
        while (window.isEmpty() && unread > lowest) {
            long from = Math.max(lowest, unread - WINDOW);
            for (long at = from; at < unread; ) {
                var page = pages.page(partition, at);
                for (var record : page.records()) {
                    if (record.offset() < unread) {
                        window.addFirst(record);
                    }
                }
                at = page.next();
            }
            unread = from;
        }
        return Optional.ofNullable(window.peekFirst());
    }

    long time() {
        return peek().map(ConsumerRecord::timestamp).orElse(Long.MIN_VALUE);
    }

    void take() {
        window.removeFirst();
    }

    /// Everything from here on has been taken.
    long offset() {
        return window.isEmpty() ? unread : window.getFirst().offset() + 1;
    }

    boolean isDone() {
        return peek().isEmpty();
    }
}
