package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.ekiden.model.Constraint;
import io.ekiden.model.Constraint.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// `constraints`: arrays of a field, an operator and, for most operators, a value.
final class ConstraintJson {
    private static final String OPERATORS =
            Arrays.stream(Operator.values()).map(Enum::name).collect(Collectors.joining(", "));

    /// What Marathon compares by IS: texts and numbers, no ranges and sets.
    private static final Pattern TEXT_OR_NUMBER = Pattern.compile("[a-zA-Z0-9_/.-]*");

    private ConstraintJson() {}

    static List<Constraint> read(Fields spec) {
        var read = new ArrayList<Constraint>();
        var given = spec.array("constraints", Limits.MAX_CONSTRAINTS);
        for (int i = 0; i < given.map(JsonNode::size).orElse(0); i++) {
            one(spec, given.get().get(i), "constraints(" + i + ")").ifPresent(read::add);
        }
        return read.stream().distinct().toList();
    }

    private static Optional<Constraint> one(Fields spec, JsonNode json, String at) {
        if (!json.isArray()) {
            return spec.form(at, "error.expected.jsarray");
        }
        for (var part : json) {
            if (!part.isTextual()) {
                return spec.form(at, "error.expected.jsstring");
            }
        }
        if (json.size() < 2 || json.size() > 3) {
            spec.rule(at, "Each constraint must have either 2 or 3 fields");
            return Optional.empty();
        }
        return of(
                spec,
                at,
                json.get(0).textValue(),
                json.get(1).textValue(),
                Optional.ofNullable(json.get(2)).map(JsonNode::textValue));
    }

    /// The form of pods: objects of `fieldName`, `operator` and `value`.
    static List<Constraint> readObjects(Fields placement) {
        var given = placement.objects("constraints", Limits.MAX_CONSTRAINTS).orElse(List.of());
        return given.stream()
                .map(ConstraintJson::ofObject)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    private static Optional<Constraint> ofObject(Fields constraint) {
        for (var field : List.of("fieldName", "operator")) {
            if (!constraint.has(field)) {
                return constraint.form(field, "error.path.missing");
            }
        }
        var field = constraint.text("fieldName");
        var operator = constraint.text("operator");
        var value = constraint.text("value");
        return constraint.sound("fieldName", "operator", "value")
                ? of(constraint, "operator", field.orElseThrow(), operator.orElseThrow(), value)
                : Optional.empty();
    }

    private static Optional<Constraint> of(
            Fields spec, String at, String field, String operatorName, Optional<String> value) {
        var operator = operator(operatorName);
        if (field.isEmpty()) {
            spec.rule(at, "the field must not be empty");
            return Optional.empty();
        }
        if (operator.isEmpty()) {
            spec.rule(at, "Constraint operator must be one of " + OPERATORS);
            return Optional.empty();
        }
        var problem = problem(operator.get(), value);
        problem.ifPresent(text -> spec.rule(at, text));
        return problem.isPresent()
                ? Optional.empty()
                : Optional.of(new Constraint(field, operator.get(), value));
    }

    private static Optional<Operator> operator(String name) {
        return Arrays.stream(Operator.values())
                .filter(operator -> operator.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    private static Optional<String> problem(Operator operator, Optional<String> value) {
        return switch (operator) {
            case UNIQUE -> value.map(_ -> "UNIQUE takes no value");
            case CLUSTER -> Optional.empty();
            case GROUP_BY -> value.flatMap(number -> notPositive(operator, number));
            case MAX_PER ->
                    value.map(number -> notPositive(operator, number))
                            .orElse(Optional.of("MAX_PER needs a number"));
            case LIKE, UNLIKE ->
                    value.map(ConstraintJson::notRegex)
                            .orElse(Optional.of(operator + " needs a regular expression"));
            case IS ->
                    value.filter(TEXT_OR_NUMBER::matches).isPresent()
                            ? Optional.empty()
                            : Optional.of("IS needs a text or a number");
        };
    }

    private static Optional<String> notPositive(Operator operator, String number) {
        return number.matches("0*[1-9][0-9]{0,8}")
                ? Optional.empty()
                : Optional.of(operator + " needs a number of at least 1");
    }

    /// RE2 has no back-references and no look-around, so that a match takes linear time.
    private static Optional<String> notRegex(String regex) {
        if (regex.length() > Limits.MAX_REGEX) {
            return Optional.of("the regular expression is longer than " + Limits.MAX_REGEX);
        }
        try {
            Pattern.compile(regex);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of("the regular expression '%s' is not valid".formatted(regex));
        }
    }

    static ArrayNode write(List<Constraint> constraints) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var constraint : constraints) {
            var one = array.addArray().add(constraint.field()).add(constraint.operator().name());
            constraint.value().ifPresent(one::add);
        }
        return array;
    }

    static ArrayNode writeObjects(List<Constraint> constraints) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var constraint : constraints) {
            var one =
                    array.addObject()
                            .put("fieldName", constraint.field())
                            .put("operator", constraint.operator().name());
            constraint.value().ifPresent(value -> one.put("value", value));
        }
        return array;
    }
}
