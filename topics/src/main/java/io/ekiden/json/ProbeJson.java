package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.PodContainer.Command;
import io.ekiden.model.PodContainer.Endpoint;
import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.Probe.Scheme;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a check looks at: one of `http`, `tcp` and `exec`. Ports have indices in apps and names in
/// pods.
final class ProbeJson {
    private static final List<String> KINDS = List.of("http", "tcp", "exec");

    private ProbeJson() {}

    /// @param port reads which one an `http` or a `tcp` means
    static Optional<Probe> read(Fields check, Function<Fields, Optional<Port>> port) {
        var kinds = KINDS.stream().filter(check::has).toList();
        if (kinds.size() != 1) {
            check.rule("must have exactly one of 'http', 'tcp' and 'exec'");
        }
        return kinds.stream()
                .findFirst()
                .flatMap(kind ->
                        kind.equals("exec")
                                ? exec(check.part(kind))
                                : network(kind, check.part(kind), port));
    }

    private static Optional<Probe> exec(Fields probe) {
        if (!probe.has("command")) {
            return probe.form("command", "error.path.missing");
        }
        return PodContainerJson.shellOrArgv(probe.part("command"))
                .map(command -> new Probe.Exec(shell(command)));
    }

    private static Optional<Probe> network(
            String kind, Fields probe, Function<Fields, Optional<Port>> reader) {
        var port = reader.apply(probe);
        if (kind.equals("tcp")) {
            return port.map(Probe.Tcp::new);
        }
        var path = probe.text("path");
        var scheme = probe.literal("scheme", Scheme.class).orElse(Scheme.HTTP);
        return port.map(known -> new Probe.Http(known, path, scheme));
    }

    /// The port that a container's check names.
    static Optional<Port> endpoint(Fields probe, List<Endpoint> endpoints) {
        if (!probe.has("endpoint")) {
            return probe.form("endpoint", "error.path.missing");
        }
        var name = probe.text("endpoint");
        int index = endpoints.stream().map(Endpoint::name).toList().indexOf(name.orElse(""));
        if (index < 0) {
            name.ifPresent(_ -> probe.rule("endpoint", "must name an endpoint of the container"));
            return Optional.empty();
        }
        return Optional.of(new Port.Nth(index));
    }

    /// A rule of pods.
    static void checkTimeout(Fields check, Duration timeout, Duration interval) {
        if (timeout.compareTo(interval) >= 0 && check.sound("intervalSeconds", "timeoutSeconds")) {
            check.rule("timeoutSeconds", "must be less than intervalSeconds");
        }
    }

    /// Checks are lines for a shell; arguments are quoted so that it takes them as they are.
    private static String shell(Command command) {
        return switch (command) {
            case Command.Shell(var line) -> line;
            case Command.Argv(var arguments) ->
                    Stream.concat(Stream.of("exec"), arguments.stream().map(ProbeJson::quoted))
                            .collect(Collectors.joining(" "));
        };
    }

    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    /// A check that has nothing yet but what it looks at.
    ///
    /// @param index writes which of several ports it is
    static ObjectNode write(Probe probe, BiConsumer<ObjectNode, Integer> index) {
        var check = JsonNodeFactory.instance.objectNode();
        switch (probe) {
            case Probe.Http(var port, var path, var scheme) -> {
                var http = check.putObject("http");
                write(http, port, index);
                path.ifPresent(text -> http.put("path", text));
                http.put("scheme", scheme.name());
            }
            case Probe.Tcp(var port) -> write(check.putObject("tcp"), port, index);
            case Probe.Exec(var line) ->
                    check.putObject("exec").putObject("command").put("shell", line);
        }
        return check;
    }

    private static void write(ObjectNode probe, Port port, BiConsumer<ObjectNode, Integer> writer) {
        switch (port) {
            case Port.Fixed(var number) -> probe.put("port", number);
            case Port.Nth(var index) -> writer.accept(probe, index);
        }
    }

    /// Writes ports as [#endpoint] reads them.
    static BiConsumer<ObjectNode, Integer> names(List<Endpoint> endpoints) {
        return (probe, index) -> probe.put("endpoint", endpoints.get(index).name());
    }
}
