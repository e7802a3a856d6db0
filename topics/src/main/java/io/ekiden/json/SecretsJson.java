package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Secrets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// `secrets`, and the environments and volumes of the same definition that refer to them. A
/// definition says where in the store a value is, never the value.
final class SecretsJson {
    private final boolean sound;
    private final SortedMap<String, String> sources;
    private final SortedMap<String, String> env = new TreeMap<>();
    private final SortedMap<String, SortedMap<String, String>> containers = new TreeMap<>();

    private SecretsJson(boolean sound, SortedMap<String, String> sources) {
        this.sound = sound;
        this.sources = sources;
    }

    static SecretsJson read(Fields spec) {
        var sources = new TreeMap<String, String>();
        spec.entries("secrets")
                .ifPresent(entries -> {
                    for (var name : entries.names()) {
                        if (name.isEmpty() || name.indexOf('\0') >= 0) {
                            spec.form("secrets", "error.pattern");
                        } else {
                            entries.object(name)
                                    .flatMap(SecretsJson::source)
                                    .ifPresent(source -> sources.put(name, source));
                        }
                    }
                });
        return new SecretsJson(spec.sound("secrets"), sources);
    }

    private static Optional<String> source(Fields secret) {
        var source = secret.someText("source");
        if (source.isEmpty() && !secret.has("source")) {
            return secret.form("source", "error.path.missing");
        }
        source.filter(path -> !Secrets.isPath(path))
                .ifPresent(_ ->
                        secret.rule(
                                "source",
                                "must be names of letters, digits, '.', '_' and '-', separated by"
                                        + " '/'"));
        return source;
    }

    /// The variables of an app, or of all containers of a pod: those that are texts.
    SortedMap<String, String> texts(Fields spec, String field, Predicate<String> allowed) {
        return texts(spec, field, allowed, env);
    }

    /// Those of one container of a pod.
    SortedMap<String, String> texts(
            Fields container, String field, String name, Predicate<String> allowed) {
        var own = new TreeMap<String, String>();
        var texts = texts(container, field, allowed, own);
        if (!own.isEmpty()) {
            containers.put(name, own);
        }
        return texts;
    }

    /// @param allowed which names there may be, beside those that no environment can hold
    private SortedMap<String, String> texts(
            Fields spec,
            String field,
            Predicate<String> allowed,
            SortedMap<String, String> references) {
        var texts = new TreeMap<String, String>();
        var given = spec.entries(field);
        if (given.isEmpty()) {
            return texts;
        }
        var variables = given.get();
        for (var name : variables.names()) {
            if (name.isEmpty()) {
                spec.rule(field, "must not be empty");
            } else if (name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || !allowed.test(name)) {
                spec.form(field, "error.pattern");
            } else if (variables.given(name).filter(JsonNode::isObject).isPresent()) {
                reference(variables.part(name)).ifPresent(to -> references.put(name, to));
            } else {
                variables.entry(name).ifPresent(value -> texts.put(name, value));
            }
        }
        return texts;
    }

    /// The name of the secret that an object's `secret` refers to.
    Optional<String> reference(Fields fields) {
        var name = fields.someText("secret");
        if (name.isEmpty() && !fields.has("secret")) {
            return fields.form("secret", "error.path.missing");
        }
        name.filter(to -> sound && !sources.containsKey(to))
                .ifPresent(_ -> fields.rule("secret", "references an undefined secret"));
        return name;
    }

    /// Which secret has the credentials for an image.
    Optional<String> pullConfig(Fields image) {
        return image.object("pullConfig").flatMap(this::reference);
    }

    static void writePullConfig(ObjectNode image, Optional<String> secret) {
        secret.ifPresent(name -> image.putObject("pullConfig").put("secret", name));
    }

    /// What was read, when everything that may refer to a secret was.
    Optional<Secrets> secrets() {
        return new Secrets(sources, env, containers).some();
    }

    static void write(ObjectNode json, Optional<Secrets> secrets) {
        secrets.ifPresent(some -> {
            var sources = json.putObject("secrets");
            some.sources().forEach((name, source) -> sources.putObject(name).put("source", source));
        });
    }

    /// @param references names of secrets by the variables that have their values
    static ObjectNode writeEnvironment(
            SortedMap<String, String> texts, SortedMap<String, String> references) {
        var values = new TreeMap<String, JsonNode>();
        var nodes = JsonNodeFactory.instance;
        texts.forEach((name, text) -> values.put(name, nodes.textNode(text)));
        references.forEach((name, to) -> values.put(name, nodes.objectNode().put("secret", to)));
        return nodes.objectNode().setAll(values);
    }
}
