package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.Event;
import io.ekiden.gateway.core.EventId;
import io.ekiden.gateway.core.Events;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.json.JsonText;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One event as it is sent.
///
/// @param id absent for what is not in the journal
/// @param about what it tells something of
record Frame(Optional<EventId> id, String type, String data, Set<PathId> about) {

    /// The events of an entry.
    static List<Frame> of(JournalEntry entry) {
        var frames = new ArrayList<Frame>();
        for (var event : Events.of(entry)) {
            var id = new EventId(entry.sequence(), frames.size());
            frames.add(of(Optional.of(id), event));
        }
        return frames;
    }

    /// Of what is not in the journal.
    static Frame of(Event event) {
        return of(Optional.empty(), event);
    }

    private static Frame of(Optional<EventId> id, Event event) {
        return new Frame(id, event.type(), event.json().toString(), event.about());
    }

    /// As far as the caller may see it; empty when that is not at all.
    Optional<Frame> seenBy(Caller caller) {
        if (caller.seesAll() || about.stream().allMatch(caller::sees)) {
            return Optional.of(this);
        }
        return about.stream().anyMatch(caller::sees) ? part(caller) : Optional.empty();
    }

    private Optional<Frame> part(Caller caller) {
        return JsonText.parse(data.getBytes(StandardCharsets.UTF_8))
                        instanceof JsonText.Tree(ObjectNode json)
                ? Optional.of(new Frame(id, type, Event.hide(json, caller).toString(), about))
                : Optional.empty();
    }

    String text() {
        return id.map(known -> "id: " + known + "\n").orElse("")
                + "event: "
                + type
                + "\ndata: "
                + data
                + "\n\n";
    }

    boolean isAfter(EventId last) {
        return id.filter(own -> own.compareTo(last) > 0).isPresent();
    }
}
