package io.ekiden.gateway.log;

import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads a topic backwards, from one offset down to another.
final class NewestFirst {
    /// Offsets that are looked at together: a log can only be read forwards.
    private static final int WINDOW = 1000;

    /// Of them no more are held at once, unless one alone is larger.
    private static final long WINDOW_BYTES = 8 << 20;

    private final LogPages pages;
    private final TopicPartition partition;
    private final long lowest;
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> window = new ArrayDeque<>();
    private long unread;
    private int width = WINDOW;

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
            long from = Math.max(lowest, unread - width);
            if (fill(from)) {
                unread = from;
                width = Math.min(WINDOW, width * 2);
            } else {
                window.clear();
                width /= 2;
            }
        }
        return Optional.ofNullable(window.peekFirst());
    }

    /// False when that is more than is held at once.
    private boolean fill(long from) {
        long bytes = 0;
        for (long at = from; at < unread; ) {
            var page = pages.page(partition, at);
            for (var record : page.records()) {
                if (record.offset() < unread) {
                    bytes += record.serializedValueSize();
                    window.addFirst(record);
                }
            }
            if (bytes > WINDOW_BYTES && width > 1) {
                return false;
            }
            // A log that was cut off has no more.
            at = page.isLast() ? unread : page.next();
        }
        return true;
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
