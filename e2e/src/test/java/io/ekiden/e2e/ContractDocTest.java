package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/marathon-compat.md` names a test for every route, every quirk and every event: each is
/// there, no route and no event is left out, and none is named that does not exist.
final class ContractDocTest {
    private static final Path GATEWAY = Launcher.ROOT.resolve("api-gateway/src/main");

    private static final Pattern ROUTE = Pattern.compile("([A-Z, ]+) `([^`]+)`");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern SHOWN = Pattern.compile("`([A-Z]\\w+(?:IT|Test))\\.(\\w+)`");

    /// What is sent, as the gateway's code writes it.
    private static final Pattern EVENT =
            Pattern.compile(
                    "\"(\\w+_event|event_stream_[a-z]+|group_change_[a-z]+"
                            + "|deployment_(?:info|success|failed|step_[a-z]+))\"");

    /// The rows below the line that begins so, each a list of its cells.
    private static List<List<String>> table(String header) throws IOException {
        var lines = Files.readAllLines(Launcher.ROOT.resolve("docs/marathon-compat.md"));
        assertThat(lines).contains(header);
        var rows =
                lines.subList(lines.indexOf(header) + 2, lines.size()).stream()
                        .takeWhile(line -> line.startsWith("| "))
                        .map(line -> List.of(line.substring(2).split(" \\| | \\|$", -1)))
                        .toList();
        assertThat(rows).hasSizeGreaterThan(10);
        return rows;
    }

    private static List<List<String>> routes() throws IOException {
        return table("| route | shown by |");
    }

    private static List<List<String>> quirks() throws IOException {
        return table("| Marathon | Ekiden | shown by |");
    }

    private static List<List<String>> events() throws IOException {
        return table("| event | here | shown by |");
    }

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        for (var rows : List.of(routes(), quirks(), events())) {
            for (var row : rows) {
                var shown = SHOWN.matcher(row.get(row.size() - 2)).results().toList();
                assertThat(shown).as(row.getFirst()).isNotEmpty();
                for (var test : shown) {
                    assertThat(source(test.group(1)))
                            .as(row.getFirst())
                            .contains(" void " + test.group(2) + "(");
                }
            }
        }
    }

    private static String source(String test) throws IOException {
        try (var modules = Files.list(Launcher.ROOT)) {
            for (var module : modules.map(one -> one.resolve("src/test/java")).toList()) {
                if (Files.isDirectory(module)) {
                    try (var files = Files.walk(module)) {
                        var found = files.filter(file -> file.endsWith(test + ".java")).findFirst();
                        if (found.isPresent()) {
                            return Files.readString(found.get());
                        }
                    }
                }
            }
        }
        return "no " + test;
    }

    @Test
    void everyRouteIsNamedAndNoOther() throws IOException {
        var document = GATEWAY.resolve("resources/io/ekiden/gateway/http/openapi.json");
        var served =
                new ObjectMapper()
                        .readTree(document.toFile())
                        .path("paths")
                        .propertyStream()
                        .flatMap(path ->
                                path.getValue()
                                        .propertyStream()
                                        .map(method -> method.getKey().toUpperCase(Locale.ROOT))
                                        .filter(method ->
                                                method.matches("GET|POST|PUT|PATCH|DELETE"))
                                        .map(method -> method + " " + path.getKey()))
                        .toList();
        var named =
                routes().stream()
                        .flatMap(row -> ROUTE.matcher(row.getFirst()).results())
                        .flatMap(route ->
                                Stream.of(route.group(1).split(", "))
                                        .map(method -> method + " " + route.group(2)))
                        .toList();

        assertThat(named).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void everyEventIsNamedAndNoOther() throws IOException {
        var named =
                events().stream()
                        .flatMap(row -> QUOTED.matcher(row.getFirst()).results())
                        .map(name -> name.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).isEqualTo(sent());
    }

    private static Set<String> sent() throws IOException {
        var sent = new TreeSet<String>();
        try (var files = Files.walk(GATEWAY.resolve("java"))) {
            for (var file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                EVENT.matcher(Files.readString(file))
                        .results()
                        .forEach(type -> sent.add(type.group(1)));
            }
        }
        return sent;
    }
}
