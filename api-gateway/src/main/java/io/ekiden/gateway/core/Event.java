package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Timestamps;
import java.time.Instant;

/// One of Marathon's events.
///
/// @param json with `eventType` and `timestamp`, as every event has
public record Event(String type, ObjectNode json) {
    static Event of(String type, Instant time, ObjectNode fields) {
        fields.put("eventType", type);
        fields.put("timestamp", Timestamps.format(time));
        return new Event(type, fields);
    }

    /// A client has begun to listen.
    public static Event attached(String remoteAddress, Instant time) {
        return of("event_stream_attached", time, remote(remoteAddress));
    }

    public static Event detached(String remoteAddress, Instant time) {
        return of("event_stream_detached", time, remote(remoteAddress));
    }

    private static ObjectNode remote(String address) {
        return Answer.object().put("remoteAddress", address);
    }
}
