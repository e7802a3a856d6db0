package io.ekiden.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Topics.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// `docs/topics.md` says what [Topics] declares.
final class TopicsDocumentTest {
    private static final String HEADER =
            "| topic | partitions | cleanup | keeps | largest record | written by | read by |";

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX);

    @Test
    void theTableOfTopicsIsTheOneOfTheCode() throws IOException {
        var lines = Files.readAllLines(document());
        var table =
                lines.stream()
                        .dropWhile(line -> !line.equals(HEADER))
                        .skip(2)
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();
        assertThat(table)
                .containsExactlyElementsOf(
                        topics.all().stream().map(TopicsDocumentTest::row).toList());
    }

    @Test
    void theNameThatKafkaStreamsDictatesIsGiven() throws IOException {
        assertThat(Files.readString(document()))
                .contains("`" + topics.clusterState().fullName() + "`");
    }

    private static String row(Topic topic) {
        var settings = topic.settings();
        var policy = settings.get("cleanup.policy");
        var keeps =
                policy.equals("compact")
                        ? "newest of each key"
                        : time(Long.parseLong(settings.get("retention.ms")));
        long bytes = Long.parseLong(settings.getOrDefault("max.message.bytes", "1048576"));
        return "| `%s` | %d | %s | %s | %d MiB | %s | %s |"
                .formatted(
                        topic.name(),
                        topic.partitions(),
                        policy,
                        keeps,
                        bytes >> 20,
                        topic.writers(),
                        topic.readers());
    }

    private static String time(long millis) {
        var time = Duration.ofMillis(millis);
        return time.toDays() > 0 ? time.toDays() + " d" : time.toHours() + " h";
    }

    private static Path document() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) {
            folder = folder.getParent();
        }
        return folder.resolve("docs").resolve("topics.md");
    }
}
