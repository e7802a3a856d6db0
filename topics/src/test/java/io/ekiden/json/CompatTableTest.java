package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `docs/marathon-compat.md` says of every field what becomes of it, and it is true.
final class CompatTableTest {
    private static final Path ROOT = root();
    private static final PathId ID = PathId.of("/x");
    private static final String HEADER = "| field | is | example | comes back as, or why |";

    private static final String APP = "{'id': '/x', 'cmd': 'sleep 1'}";
    private static final String POD =
            """
            {'id': '/x', 'containers': [{'name': 'c', 'exec': {'command': {'shell': 'sleep 1'}},
             'resources': {'cpus': 0.1, 'mem': 32}}]}\
            """;

    /// How readers name the field that they look at.
    private static final Pattern READ =
            Pattern.compile(
                    "\\b(?:text|someText|texts|flag|number|integer|integers|seconds|longSeconds"
                            + "|literal|object|objects|part|array|entries|given|has|emptyList"
                            + "|emptyObject|isDefault|name|names|upgrade|read|size|path)"
                            + "\\(\\s*(?:[a-z]+,\\s*)?\"([A-Za-z0-9]+)\"");

    /// Names in lists of fields, which are constants or looped over.
    private static final Pattern LISTED =
            Pattern.compile(
                    "(?s)(?:LISTS|OBJECTS|PARTS_OF_CONTAINER|KINDS) =\\s*List\\.of\\((.*?)\\)");

    private static final Pattern LOOPED =
            Pattern.compile("(?s)for \\(var (?:field|kind) : List\\.of\\((.*?)\\)");

    private static final Pattern FIELD_CONSTANT =
            Pattern.compile("String FIELD = \"([A-Za-z0-9]+)\"");

    /// Of the definition, which table it is in.
    enum Kind {
        APP,
        POD,
        GROUP
    }

    record Row(Kind kind, String field, String is, String example, String note) {
        @Override
        public String toString() {
            return "%s %s %s %s".formatted(kind, field, is, example);
        }

        /// Where problems of the field are told: `a[].b` is `/a(0)/b`.
        String place() {
            return "/" + field.replace("[]", "(0)").replace('.', '/');
        }

        /// Where the field is in the example.
        String pointer() {
            return "/" + field.replace("[]", "/0").replace('.', '/');
        }

        String lastName() {
            return field.substring(field.lastIndexOf('.') + 1).replace("[]", "");
        }
    }

    private static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static List<Row> rows() {
        var rows = new ArrayList<Row>();
        var kind = Kind.APP;
        boolean inTable = false;
        for (var line : lines()) {
            if (line.startsWith("## ")) {
                kind =
                        switch (line) {
                            case "## Pod" -> Kind.POD;
                            case "## Group" -> Kind.GROUP;
                            default -> Kind.APP;
                        };
            }
            inTable = line.equals(HEADER) || (inTable && line.startsWith("|"));
            if (inTable && line.startsWith("| `")) {
                var cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
                rows.add(
                        new Row(
                                kind,
                                cells.get(1).replace("`", ""),
                                cells.get(2),
                                cells.get(3).replace("`", ""),
                                cells.get(4)));
            }
        }
        return rows;
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(ROOT.resolve("docs/marathon-compat.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Row> rows(String... words) {
        return rows().stream().filter(row -> List.of(words).contains(row.is())).toList();
    }

    private static Stream<Row> honoured() {
        return rows("honoured").stream().filter(row -> row.kind() != Kind.GROUP);
    }

    private static Stream<Row> normalised() {
        return rows("normalised").stream();
    }

    private static Stream<Row> refused() {
        return rows("refused", "planned").stream();
    }

    private static Stream<Row> readOnly() {
        return rows("read-only").stream().filter(row -> row.kind() != Kind.GROUP);
    }

    private static Stream<Row> ofGroups() {
        return rows("honoured", "read-only").stream().filter(row -> row.kind() == Kind.GROUP);
    }

    @ParameterizedTest
    @MethodSource("honoured")
    void whatIsHonouredComesBack(Row row) {
        assertThat(missing(tree(row.example()), written(row), "")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("normalised")
    void whatIsNormalisedComesBackAsTheTableSays(Row row) {
        var form = tree(row.note().substring(1, row.note().indexOf('`', 1)));

        assertThat(missing(form, written(row), "")).isEmpty();
        assertThat(missing(tree(row.example()), written(row), "")).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("readOnly")
    void whatIsReadOnlyIsPassedOver(Row row) {
        assertThat(missing(tree(row.example()), written(row), "")).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsRefusedIsNamed(Row row) {
        assertThat(problems(row))
                .anySatisfy(problem -> {
                    assertThat(problem.path()).isEqualTo(row.place());
                    assertThat(problem.ofForm()).isFalse();
                });
    }

    @ParameterizedTest
    @MethodSource("ofGroups")
    void whatGroupsMayHaveIsAccepted(Row row) {
        assertThat(GroupJson.read(PathId.of("/g"), (ObjectNode) tree(row.example())))
                .isInstanceOf(Parsed.Ok.class);
    }

    @Test
    void everyRowHasAKnownWordAndAnExampleWithItsField() {
        assertThat(rows())
                .hasSizeGreaterThan(150)
                .allSatisfy(row -> {
                    assertThat(row.is())
                            .isIn("honoured", "normalised", "read-only", "planned", "refused");
                    assertThat(tree(row.example()).at(row.pointer()).isMissingNode())
                            .as(row.toString())
                            .isFalse();
                });
    }

    @Test
    void theTableHasEveryFieldThatIsReadAndNoOther() {
        var named =
                rows().stream()
                        .flatMap(row -> Arrays.stream(row.field().split("\\.")))
                        .map(name -> name.replace("[]", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
        var read = namesInReaders();
        assertThat(read).hasSizeGreaterThan(100);
        assertThat(named).containsAll(read);

        var last =
                rows().stream()
                        .filter(row -> !row.is().equals("read-only"))
                        .map(Row::lastName)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(read).containsAll(last);
    }

    private static Set<String> namesInReaders() {
        var names = new TreeSet<String>();
        try (var files = Files.list(ROOT.resolve("topics/src/main/java/io/ekiden/json"))) {
            for (var file : files.filter(CompatTableTest::isReader).toList()) {
                var text = Files.readString(file);
                find(READ, text).forEach(names::add);
                find(FIELD_CONSTANT, text).forEach(names::add);
                Stream.of(LISTED, LOOPED)
                        .flatMap(lists -> find(lists, text))
                        .flatMap(list -> find(Pattern.compile("\"([A-Za-z0-9]+)\""), list))
                        .forEach(names::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static boolean isReader(Path file) {
        var name = file.getFileName().toString();
        return name.endsWith("Json.java")
                || name.equals("UnsupportedFields.java")
                || name.equals("AppRules.java");
    }

    private static Stream<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1));
    }

    private static JsonNode tree(String text) {
        return JsonText.parse(text.getBytes(StandardCharsets.UTF_8))
                        instanceof JsonText.Tree(var json)
                ? json
                : MissingNode.getInstance();
    }

    private static ObjectNode definition(Row row) {
        var base = Json.object(row.kind() == Kind.POD ? POD : APP);
        return (ObjectNode) merged(base, tree(row.example()));
    }

    /// Objects and lists one in the other; null takes away.
    private static JsonNode merged(JsonNode base, JsonNode change) {
        if (base instanceof ObjectNode object && change instanceof ObjectNode fields) {
            fields.properties()
                    .forEach(field -> {
                        if (field.getValue().isNull()) {
                            object.remove(field.getKey());
                        } else {
                            object.set(
                                    field.getKey(),
                                    merged(object.path(field.getKey()), field.getValue()));
                        }
                    });
            return object;
        }
        if (base instanceof ArrayNode array && change instanceof ArrayNode items) {
            for (int i = 0; i < items.size(); i++) {
                if (i < array.size()) {
                    array.set(i, merged(array.get(i), items.get(i)));
                } else {
                    array.add(items.get(i));
                }
            }
            return array;
        }
        return change;
    }

    private static ObjectNode written(Row row) {
        var definition = definition(row);
        return row.kind() == Kind.POD
                ? PodJson.write(Json.value(PodJson.read(ID, definition)))
                : AppJson.write(Json.value(AppJson.read(ID, definition)));
    }

    private static List<Problem> problems(Row row) {
        var definition = definition(row);
        return Json.problems(
                row.kind() == Kind.POD
                        ? PodJson.read(ID, definition)
                        : AppJson.read(ID, definition));
    }

    /// What of one tree is not in the other.
    private static List<String> missing(JsonNode part, JsonNode whole, String at) {
        if (part.isNull()) {
            return whole.isMissingNode() ? List.of() : List.of(at + " is there");
        }
        if (part.isObject()) {
            return part.propertyStream()
                    .flatMap(field ->
                            missing(
                                    field.getValue(),
                                    whole.path(field.getKey()),
                                    at + "/" + field.getKey())
                                    .stream())
                    .toList();
        }
        if (part.isArray()) {
            var all = new ArrayList<String>();
            if (whole.size() != part.size()) {
                all.add(at + " has " + whole.size());
            }
            for (int i = 0; i < part.size(); i++) {
                all.addAll(missing(part.get(i), whole.path(i), at + "/" + i));
            }
            return all;
        }
        boolean same =
                (part.isNumber() && whole.isNumber())
                        ? part.doubleValue() == whole.doubleValue()
                        : part.equals(whole);
        return same ? List.of() : List.of(at + " is " + whole);
    }
}
