package io.ekiden.e2e;

import io.ekiden.log.JournalEntry;
import io.ekiden.log.JournalReader;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Replay;
import io.ekiden.planner.core.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The journal of a running Ekiden, read from its Kafka by a plain consumer.
record Journal(List<JournalEntry> entries) {
    Journal {
        entries = List.copyOf(entries);
    }

    static Journal read(String bootstrapServers) throws JournalReader.Damaged {
        var entries = new ArrayList<JournalEntry>();
        JournalReader.read(
                Map.of("bootstrap.servers", bootstrapServers),
                new Topics(Topics.DEFAULT_PREFIX),
                entries::add);
        return new Journal(entries);
    }

    /// What the planner of this build would decide otherwise than is recorded.
    List<Replay.Difference> differences(PortRange servicePorts) {
        var replay = new Replay(Settings.DEFAULT.withServicePorts(servicePorts));
        var differences = new ArrayList<Replay.Difference>();
        for (var entry : entries) {
            replay.take(entry).ifPresent(differences::add);
        }
        return differences;
    }
}
