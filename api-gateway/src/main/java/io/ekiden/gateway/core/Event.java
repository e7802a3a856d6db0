package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.time.Instant;
import java.util.Set;

/// One of Marathon's events.
///
/// @param json with `eventType` and `timestamp`, as every event has
/// @param about the apps, pods or groups that it tells something of; `/` for the cluster
public record Event(String type, ObjectNode json, Set<PathId> about) {
    public Event {
        about = Set.copyOf(about);
    }

    static Event of(String type, Instant time, ObjectNode fields, Set<PathId> about) {
        fields.put("eventType", type);
        fields.put("timestamp", Timestamps.format(time));
        return new Event(type, fields, about);
    }

    /// What a caller may see of an event that he may see a part of: a deployment's.
    ///
    /// @param json of the event
    public static ObjectNode hide(ObjectNode json, Caller caller) {
        DeploymentJson.hide(json, caller::sees);
        return json;
    }

    /// A client has begun to listen.
    public static Event attached(String remoteAddress, Instant time) {
        return of("event_stream_attached", time, remote(remoteAddress), Set.of(PathId.ROOT));
    }

    public static Event detached(String remoteAddress, Instant time) {
        return of("event_stream_detached", time, remote(remoteAddress), Set.of(PathId.ROOT));
    }

    /// Events are missing between the last that a reader knew and the first that follows.
    ///
    /// @param lastId as the reader named it
    /// @param earliest sequence of the oldest entry that follows
    public static Event gap(String lastId, long earliest, Instant time) {
        var fields = Answer.object().put("lastEventId", lastId).put("earliestSequence", earliest);
        return of("gap", time, fields, Set.of(PathId.ROOT));
    }

    private static ObjectNode remote(String address) {
        return Answer.object().put("remoteAddress", address);
    }
}
