package io.ekiden.agent.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an image says of how it is to be run (`config` of OCI's image configuration).
///
/// @param environment each `NAME=value`
/// @param user `name`, `uid`, each also with `:group`
record ImageConfig(
        List<String> entryPoint,
        List<String> command,
        List<String> environment,
        Optional<String> user,
        Optional<String> workingDir) {
    private static final ObjectMapper JSON = new ObjectMapper();

    ImageConfig {
        entryPoint = List.copyOf(entryPoint);
        command = List.copyOf(command);
        environment = List.copyOf(environment);
    }

    static ImageConfig read(Path file) throws IOException {
        var config = JSON.readTree(file.toFile()).path("config");
        return new ImageConfig(
                texts(config.path("Entrypoint")),
                texts(config.path("Cmd")),
                texts(config.path("Env")),
                text(config.path("User")),
                text(config.path("WorkingDir")));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }

    private static Optional<String> text(JsonNode value) {
        return Optional.of(value.asText()).filter(text -> !text.isEmpty());
    }

    /// What is run by Mesos' rules: what replaces the entry point is not given the image's own
    /// arguments.
    ///
    /// @param replaced in place of the entry point
    /// @param arguments empty: the image's
    List<String> run(Optional<List<String>> replaced, List<String> arguments) {
        var given = arguments.isEmpty() && replaced.isEmpty() ? command : arguments;
        var all = new ArrayList<>(replaced.orElse(entryPoint));
        all.addAll(given);
        return List.copyOf(all);
    }
}
