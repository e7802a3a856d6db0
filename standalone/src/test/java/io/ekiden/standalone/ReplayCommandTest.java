package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Codec;
import io.ekiden.log.EntryHash;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Topics;
import io.ekiden.planner.core.Header;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Settings;
import io.ekiden.planner.core.Settings.Strategy;
import io.ekiden.state.ClusterImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ReplayCommandTest {
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX);

    @TempDir Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aJournalOfThisPlannerHasNoDifference() throws Exception {
        assertThat(replay(journal())).isZero();
        assertThat(text(out)).isEqualTo("replayed 3 entries, 0 with a difference");
    }

    @Test
    void aDecisionThatWouldBeAnotherIsShown() throws Exception {
        var journal = journal();
        var last = journal.removeLast();
        journal.add(with(last, last.previousHash(), List.of()));

        assertThat(replay(journal)).isEqualTo(ExitCode.FAILED);
        assertThat(text(out).lines())
                .anyMatch(line -> line.startsWith("entry 3 of 2026-11-26T12:00:00Z"))
                .anyMatch(line -> line.equals("  recorded no fact 1"))
                .anyMatch(line -> line.startsWith("  now      fact 1 of 1: DeadLettered"))
                .contains("replayed 3 entries, 1 with a difference");
    }

    @Test
    void anAlteredEntryIsFoundByTheHashThatTheNextOneNames() throws Exception {
        var journal = journal();
        journal.set(1, with(journal.get(1), journal.get(1).previousHash(), List.of()));

        assertThat(replay(journal)).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("damaged", "entry 3 does not name the hash of entry 2");
    }

    @Test
    void aMissingEntryIsDamage() throws Exception {
        var journal = journal();
        journal.remove(1);

        assertThat(replay(journal)).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("entry 3 follows entry 1");
    }

    @Test
    void withoutItsBeginningNothingCanBeDecidedAgain() throws Exception {
        var journal = journal();
        journal.removeFirst();

        assertThat(replay(journal)).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("begins at entry 2");
    }

    @Test
    void aJournalOfOtherServicePortsProvesNothing() throws Exception {
        assertThat(replay(journal(), "--service-ports=20000-20100")).isEqualTo(ExitCode.FAILED);
        assertThat(text(out)).isEqualTo("replayed 0 entries, 0 with a difference");
        assertThat(text(err)).contains("3 entries were decided with other service ports");
    }

    @Test
    void anEntryIsDecidedAgainWithThePlacementThatItNames() throws Exception {
        assertThat(replay(journal(Strategy.BINPACK))).isZero();
        assertThat(text(out)).isEqualTo("replayed 3 entries, 0 with a difference");
    }

    /// Three entries, as the planner would write them.
    private static List<JournalEntry> journal() {
        return journal(Strategy.SPREAD);
    }

    private static List<JournalEntry> journal(Strategy placement) {
        var planner = new Planner(Settings.DEFAULT.withStrategy(placement));
        var image = new ClusterImage();
        var entries = new ArrayList<JournalEntry>();
        var hash = "";
        for (var input :
                List.of(
                        new Input.Founded("kafka"),
                        new Input.Unreadable("agent-reports", 0, 1, "no JSON", Optional.empty()),
                        new Input.Unreadable("agent-reports", 0, 2, "no JSON", Optional.empty()))) {
            var header = new Header(entries.size() + 1, NOON, hash);
            entries.add(planner.decide(image, header, input).entry());
            hash = EntryHash.of(bytes(entries.getLast()));
        }
        return entries;
    }

    private static JournalEntry with(JournalEntry entry, String previousHash, List<Fact> facts) {
        return new JournalEntry(
                entry.sequence(),
                entry.time(),
                previousHash,
                entry.plannerVersion(),
                entry.configHash(),
                entry.changeId(),
                entry.correlationId(),
                entry.causation(),
                entry.actor(),
                entry.input(),
                facts);
    }

    private static byte[] bytes(JournalEntry entry) {
        return Codec.encode(JournalEntry.class, entry);
    }

    private int replay(List<JournalEntry> journal, String... options) throws Exception {
        try (var broker = EmbeddedBroker.start(directory, "127.0.0.1", 0)) {
            Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            var topic = TOPICS.journal().fullName();
            try (var admin = Admin.create(client)) {
                admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
            try (var producer =
                    new KafkaProducer<>(
                            client, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (var entry : journal) {
                    producer.send(new ProducerRecord<>(topic, 0, null, bytes(entry))).get();
                }
            }
            var arguments = new ArrayList<>(List.of(options));
            arguments.add("--bootstrap-servers=" + broker.bootstrapServers());
            return run(arguments);
        }
    }

    private int run(List<String> arguments) {
        var terminal = new Terminal(new PrintStream(out), new PrintStream(err), false);
        return new CommandLine(new ReplayCommand(terminal))
                .setExecutionExceptionHandler((e, _, _) -> {
                    terminal.say(e.getMessage());
                    return ((CommandFailure) e).exitCode();
                })
                .execute(arguments.toArray(String[]::new));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).strip();
    }
}
