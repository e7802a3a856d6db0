package io.ekiden.planner.stream;

import io.ekiden.log.Head;
import io.ekiden.planner.stream.Strikes.Origin;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Up to where the sources are decided, as the head says it. Streams begins where its consumer
/// group has stopped, which is the same; but Kafka forgets a group that nobody uses for a week, and
/// then all that a source still holds comes again.
final class Positions {
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);

    private final Map<String, String> topicIds;
    private final TreeMap<String, Long> next = new TreeMap<>();
    private boolean said;

    /// @param topicIds of the sources, by their names
    Positions(Map<String, String> topicIds) {
        this.topicIds = Map.copyOf(topicIds);
    }

    void restore(Head head) {
        for (var position : head.inputs()) {
            if (position.topicId().equals(topicIds.get(position.topic()))) {
                next.put(position.topic(), position.next());
            } else {
                LOG.warn("source=new topic={} was={}", position.topic(), position.topicId());
            }
        }
    }

    /// Whether this record was decided before; said once.
    boolean decided(Origin origin) {
        long from = next.getOrDefault(origin.topic(), 0L);
        boolean decided = origin.offset() < from;
        if (decided && !said) {
            LOG.warn(
                    "inputs=again topic={} offset={} decided={}: they are skipped",
                    origin.topic(),
                    origin.offset(),
                    from);
            said = true;
        }
        return decided;
    }

    void passed(Origin origin) {
        next.put(origin.topic(), origin.offset() + 1);
    }

    List<Head.Position> all() {
        return next.entrySet().stream()
                .map(e -> new Head.Position(e.getKey(), topicIds.get(e.getKey()), e.getValue()))
                .toList();
    }
}
