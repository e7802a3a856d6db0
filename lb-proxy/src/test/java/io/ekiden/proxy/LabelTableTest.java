package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the table of labels in `docs/load-balancer.md`: what each does is what it says there.
final class LabelTableTest {
    private static final Path PAGE = Path.of("../docs/load-balancer.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Z_{}n]+)` \\| ([a-z ]+) \\| `([^`]*)` \\|.*");

    record Row(String label, String is, String value) {}

    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> new Row(row.group(1), row.group(2), row.group(3)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aLabelIsWhatThePageSays(Row row) {
        var needed = new TreeMap<>(Map.of("HAPROXY_0_VHOST", "needed.test"));
        if (row.is.equals("in tcp mode")) {
            needed.put("HAPROXY_0_MODE", "tcp");
        }
        var without = PortLabels.of(Given.endpoint("/a", 1, 1000, 10_000, needed));
        needed.put(row.label.replace("{n}", "0"), row.value);
        var with = PortLabels.of(Given.endpoint("/a", 1, 1000, 10_000, needed));

        switch (row.is) {
            case "honoured", "in tcp mode" -> {
                assertThat(with.faults()).isEmpty();
                assertThat(with.remarks()).isEmpty();
                assertThat(with).isNotEqualTo(without);
            }
            case "no effect" -> assertThat(with).isEqualTo(without);
            case "refused" -> assertThat(with.faults()).hasSize(1);
            default -> throw new IllegalStateException("no such word: " + row.is);
        }
    }
}
