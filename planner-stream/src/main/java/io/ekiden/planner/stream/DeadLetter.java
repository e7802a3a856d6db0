package io.ekiden.planner.stream;

import io.ekiden.planner.stream.Strikes.Origin;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/// A record set aside on `dead-letters`: its own key and value, and in the headers where it came
/// from and why. What would not fit there is cut; `ekiden.bytes` says how long the value was.
final class DeadLetter {
    static final String TOPIC = "ekiden.topic";
    static final String PARTITION = "ekiden.partition";
    static final String OFFSET = "ekiden.offset";
    static final String WHY = "ekiden.why";
    static final String BYTES = "ekiden.bytes";

    static final int MAX_KEY_BYTES = 64 << 10;
    static final int MAX_VALUE_BYTES = 8 << 20;

    private DeadLetter() {}

    static Record<byte[], Outgoing> of(Record<byte[], byte[]> record, Origin origin, String why) {
        var value = record.value();
        var outgoing = new Outgoing(0, cut(value, MAX_VALUE_BYTES));
        return new Record<>(cut(record.key(), MAX_KEY_BYTES), outgoing, record.timestamp())
                .withHeaders(headers(origin, why, value == null ? 0 : value.length));
    }

    private static Headers headers(Origin origin, String why, int bytes) {
        return new RecordHeaders()
                .add(TOPIC, Outputs.utf8(origin.topic()))
                .add(PARTITION, Outputs.utf8(Integer.toString(origin.partition())))
                .add(OFFSET, Outputs.utf8(Long.toString(origin.offset())))
                .add(WHY, Outputs.utf8(why))
                .add(BYTES, Outputs.utf8(Integer.toString(bytes)));
    }

    private static byte[] cut(byte[] bytes, int limit) {
        return bytes == null || bytes.length <= limit ? bytes : Arrays.copyOf(bytes, limit);
    }
}
