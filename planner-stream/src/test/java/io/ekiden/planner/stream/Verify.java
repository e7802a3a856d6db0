package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Commands;
import io.ekiden.log.EntryHash;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.StateChecksum;
import io.ekiden.log.StateRecord;
import io.ekiden.model.Endpoint;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.Effects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The proof that all tests use, from what is committed alone: the journal has no gaps and its
/// hashes chain, each input was decided exactly once, and state, head, commands and endpoints are
/// what follows from the journal.
final class Verify {
    private Verify() {}

    static List<JournalEntry> everythingFollowsFromTheJournal(
            TestLog log, Collection<String> joined) {
        var entries = chained(log);
        assertThat(
                        entries.stream()
                                .map(JournalEntry::input)
                                .filter(Input.Reported.class::isInstance)
                                .map(input -> ((Input.Reported) input).report())
                                .map(AgentReport::memberId))
                .containsExactlyInAnyOrderElementsOf(joined);
        assertThat(entries.stream().filter(e -> e.input() instanceof Input.Founded)).hasSize(1);
        stateIsReplayed(log, entries);
        commandsAreThoseOfTheEntries(log, entries);
        endpointsAreThoseOfTheEntries(log, entries);
        return entries;
    }

    private static List<JournalEntry> chained(TestLog log) {
        var entries = new ArrayList<JournalEntry>();
        var hash = "";
        var time = Instant.MIN;
        for (var record : log.read(log.topics().journal())) {
            var entry = TestLog.entry(record);
            assertThat(entry.sequence()).isEqualTo(entries.size() + 1L);
            assertThat(TestLog.text(record.key())).isEqualTo(Long.toString(entry.sequence()));
            assertThat(entry.previousHash()).isEqualTo(hash);
            assertThat(entry.time()).isAfterOrEqualTo(time);
            hash = EntryHash.of(record.value());
            time = entry.time();
            entries.add(entry);
        }
        return entries;
    }

    private static void stateIsReplayed(TestLog log, List<JournalEntry> entries) {
        var replayed = new ClusterImage();
        var written = new HashMap<String, Long>();
        for (var entry : entries) {
            for (var fact : entry.facts()) {
                replayed.replay(fact);
                Effects.of(fact).forEach((key, _) -> written.put(key, entry.sequence()));
            }
        }
        var checksum = new StateChecksum();
        replayed.entities()
                .forEach((key, entity) ->
                        checksum.put(
                                key,
                                Codec.encode(
                                        StateRecord.class,
                                        new StateRecord(written.get(key), entity))));

        var folded = new ImageStore();
        for (var record : log.read(log.topics().clusterState())) {
            folded.restore(record.key(), record.value());
        }
        assertThat(folded.image().entities()).isEqualTo(replayed.entities());
        // head() itself compares the head with what was folded.
        Head head = folded.head().orElseThrow();
        assertThat(head.checksum()).isEqualTo(checksum.sum());
        assertThat(head.count()).isEqualTo(checksum.count());
        assertThat(head.sequence()).isEqualTo(entries.size());
        assertThat(head.time()).isEqualTo(entries.getLast().time());
    }

    private static void commandsAreThoseOfTheEntries(TestLog log, List<JournalEntry> entries) {
        Map<Integer, List<AgentCommand>> expected = new TreeMap<>();
        for (var entry : entries) {
            for (var command : Commands.of(entry)) {
                expected.computeIfAbsent(command.partition(), _ -> new ArrayList<>())
                        .add(command.command());
            }
        }
        Map<Integer, List<AgentCommand>> actual = new TreeMap<>();
        for (var record : log.read(log.topics().agentCommands())) {
            var command = TestLog.decoded(AgentCommand.class, record.value());
            assertThat(TestLog.text(record.key())).isEqualTo(command.agentId());
            actual.computeIfAbsent(record.partition(), _ -> new ArrayList<>()).add(command);
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static void endpointsAreThoseOfTheEntries(TestLog log, List<JournalEntry> entries) {
        var expected = new TreeMap<String, Endpoint>();
        for (var entry : entries) {
            for (var fact : entry.facts()) {
                switch (fact) {
                    case Fact.EndpointPut(var endpoint) -> expected.put(endpoint.key(), endpoint);
                    case Fact.EndpointGone(var key) -> expected.remove(key);
                    default -> {} // the others are no endpoints
                }
            }
        }
        var actual = new TreeMap<String, Endpoint>();
        for (var record : log.read(log.topics().endpoints())) {
            var key = TestLog.text(record.key());
            if (record.value() == null) {
                actual.remove(key);
            } else {
                actual.put(key, TestLog.decoded(Endpoint.class, record.value()));
            }
        }
        assertThat(actual).isEqualTo(expected);
    }
}
