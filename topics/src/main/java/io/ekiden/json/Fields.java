package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The fields of one JSON object, read one by one. What cannot be read becomes a problem with its
/// path and counts as not given; nothing throws. Explicit null is not given. The codes are those of
/// Marathon's (Play's) JSON reader.
final class Fields {
    private final ObjectNode node;
    private final String path;
    private final List<Problem> problems;

    private final Dialect dialect;

    private Fields(ObjectNode node, String path, List<Problem> problems, Dialect dialect) {
        this.node = node;
        this.path = path;
        this.problems = problems;
        this.dialect = dialect;
    }

    /// @param problems collects what is wrong, in the order of reading
    static Fields of(ObjectNode root, List<Problem> problems) {
        return of(root, problems, Dialect.LATEST);
    }

    static Fields of(ObjectNode root, List<Problem> problems, Dialect dialect) {
        return new Fields(root, "", problems, dialect);
    }

    /// What its reader is to know.
    Dialect dialect() {
        return dialect;
    }

    /// Where this object stands; `/` for the root.
    String path() {
        return path.isEmpty() ? "/" : path;
    }

    String path(String field) {
        return path + "/" + field;
    }

    Optional<JsonNode> given(String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    boolean has(String field) {
        return given(field).isPresent();
    }

    /// Reports a field that breaks the schema; reads as not given.
    <T> Optional<T> form(String field, String code) {
        return refuse(path(field), code);
    }

    /// Reports a field that breaks a rule.
    void rule(String field, String text) {
        problems.add(Problem.rule(path(field), text));
    }

    /// Reports that this object breaks a rule.
    void rule(String text) {
        problems.add(Problem.rule(path(), text));
    }

    private <T> Optional<T> refuse(String at, String code) {
        problems.add(Problem.form(at, code));
        return Optional.empty();
    }

    /// Whether the form of these fields is right as far as they have been read, so that rules about
    /// their values make sense.
    boolean sound(String... fields) {
        return Arrays.stream(fields).map(this::path).noneMatch(this::hasProblem);
    }

    private boolean hasProblem(String at) {
        return problems.stream()
                .filter(Problem::ofForm)
                .map(Problem::path)
                .anyMatch(p -> p.equals(at) || p.startsWith(at + "/") || p.startsWith(at + "("));
    }

    Optional<String> text(String field) {
        return given(field).flatMap(value -> text(value, path(field)));
    }

    /// A text of at least one character.
    Optional<String> someText(String field) {
        var text = text(field);
        return text.isPresent() && text.get().isEmpty() ? form(field, "error.minLength") : text;
    }

    private Optional<String> text(JsonNode value, String at) {
        if (!value.isTextual()) {
            return refuse(at, "error.expected.jsstring");
        }
        // Texts end up in arguments and environments, which cannot hold a NUL.
        return value.textValue().indexOf('\0') >= 0
                ? refuse(at, "error.pattern")
                : Optional.of(value.textValue());
    }

    Optional<Boolean> flag(String field) {
        var value = given(field);
        return value.isPresent() && !value.get().isBoolean()
                ? form(field, "error.expected.jsboolean")
                : value.map(JsonNode::booleanValue);
    }

    Optional<Double> number(String field, double min, double max) {
        return given(field)
                .flatMap(value -> finite(value, path(field)))
                .flatMap(number -> within(number, path(field), min, max));
    }

    Optional<Integer> integer(String field, int min, int max) {
        return given(field).flatMap(value -> integer(value, path(field), min, max));
    }

    /// A whole number of seconds.
    Optional<Duration> seconds(String field) {
        return integer(field, 0, Limits.MAX_SECONDS).map(Duration::ofSeconds);
    }

    /// A whole number of seconds that Marathon declares as 64 bits wide.
    Optional<Duration> longSeconds(String field) {
        return given(field)
                .flatMap(value -> finite(value, path(field)))
                .flatMap(number ->
                        number == Math.rint(number)
                                ? Optional.of(number)
                                : form(field, "error.expected.long"))
                .flatMap(number -> within(number, path(field), 0, Limits.MAX_SECONDS))
                .map(number -> Duration.ofSeconds(number.longValue()));
    }

    private Optional<Integer> integer(JsonNode value, String at, int min, int max) {
        return finite(value, at)
                .flatMap(number ->
                        number == number.intValue()
                                ? Optional.of(number)
                                : refuse(at, "error.expected.int"))
                .flatMap(number -> within(number, at, min, max))
                .map(Double::intValue);
    }

    private Optional<Double> finite(JsonNode value, String at) {
        return value.isNumber() && Double.isFinite(value.doubleValue())
                ? Optional.of(value.doubleValue())
                : refuse(at, "error.expected.jsnumber");
    }

    private Optional<Double> within(double number, String at, double min, double max) {
        if (number < min) {
            return refuse(at, "error.min");
        }
        return number > max ? refuse(at, "error.max") : Optional.of(number);
    }

    <E extends Enum<E>> Optional<E> literal(String field, Class<E> type) {
        var literals = Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
        return literal(field, literals).map(name -> Enum.valueOf(type, name));
    }

    /// One of the literals, in whatever case it is written.
    Optional<String> literal(String field, List<String> literals) {
        var text = text(field);
        if (text.isEmpty()) {
            return text;
        }
        var found = literals.stream().filter(text.get()::equalsIgnoreCase).findFirst();
        return found.isPresent() ? found : form(field, "error.unknown.enum.literal");
    }

    Optional<Fields> object(String field) {
        return given(field).flatMap(value -> object(value, path(field)));
    }

    /// The object, or one without fields where none can be read.
    Fields part(String field) {
        return object(field)
                .orElseGet(() ->
                        new Fields(
                                JsonNodeFactory.instance.objectNode(),
                                path(field),
                                problems,
                                dialect));
    }

    private Optional<Fields> object(JsonNode value, String at) {
        return value instanceof ObjectNode object
                ? Optional.of(new Fields(object, at, problems, dialect))
                : refuse(at, "error.expected.jsobject");
    }

    Optional<List<Fields>> objects(String field, int max) {
        return array(field, max).map(values -> elements(values, field, this::object));
    }

    Optional<List<String>> texts(String field, int max) {
        return array(field, max).map(values -> elements(values, field, this::text));
    }

    Optional<List<Integer>> integers(String field, int max, int smallest, int largest) {
        return array(field, max)
                .map(values ->
                        elements(
                                values,
                                field,
                                (value, at) -> integer(value, at, smallest, largest)));
    }

    private interface Element<T> {
        Optional<T> read(JsonNode value, String at);
    }

    private <T> List<T> elements(JsonNode values, String field, Element<T> element) {
        var read = new ArrayList<T>();
        for (int i = 0; i < values.size(); i++) {
            element.read(values.get(i), path(field) + "(" + i + ")").ifPresent(read::add);
        }
        return read;
    }

    /// An array of anything, of which only the size is looked at.
    Optional<JsonNode> array(String field, int max) {
        var value = given(field);
        if (value.isPresent() && !value.get().isArray()) {
            return form(field, "error.expected.jsarray");
        }
        return value.isPresent() && value.get().size() > max
                ? form(field, "error.maxLength")
                : value;
    }

    /// A map of texts.
    Optional<SortedMap<String, String>> texts(String field) {
        return entries(field)
                .map(entries -> {
                    var texts = new TreeMap<String, String>();
                    entries.node
                            .properties()
                            .forEach(entry ->
                                    entries.entry(entry.getKey())
                                            .ifPresent(text -> texts.put(entry.getKey(), text)));
                    return texts;
                });
    }

    /// One entry of this map.
    Optional<String> entry(String name) {
        return name.indexOf('\0') >= 0
                ? refuse(path, "error.pattern")
                : text(node.get(name), path(name));
    }

    /// The object that a map is, unless it has too many entries.
    Optional<Fields> entries(String field) {
        var map = object(field);
        return map.isPresent() && map.get().node.size() > Limits.MAX_ENTRIES
                ? form(field, "error.maxLength")
                : map;
    }

    List<String> names() {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    int size() {
        return node.size();
    }
}
