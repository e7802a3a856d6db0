package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.DockerOption;
import io.ekiden.model.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// `container`, with the older form in which a Docker container has its ports itself.
final class ContainerJson {
    private static final String OPTIONS =
            Arrays.stream(DockerOption.values())
                    .map(DockerOption::key)
                    .collect(Collectors.joining(", "));

    private ContainerJson() {}

    /// The object that has `portMappings`: the container, or in the deprecated form its `docker`.
    static Optional<Fields> mapped(Fields app) {
        var container = app.object("container");
        return container
                .flatMap(c -> c.object("docker"))
                .filter(docker -> docker.has("portMappings"))
                .or(() -> container);
    }

    /// Empty for a container that says nothing: a process in its sandbox, which needs none.
    static Optional<Container> read(Fields app, Network network, SecretsJson secrets) {
        var given = app.object("container");
        if (given.isEmpty()) {
            needsEngine(app, network);
            return Optional.empty();
        }
        var container = given.get();
        var type = container.literal("type", Container.Type.class).orElse(Container.Type.DOCKER);
        UnsupportedFields.checkContainer(container);
        var docker = container.object("docker").map(image -> docker(image, type, secrets));
        checkType(app, container, type, docker.isPresent(), network);
        boolean contained = docker.isPresent();
        var linuxInfo = LinuxInfoJson.read(container, type);
        var volumes = VolumesJson.read(container, type, contained, secrets);
        return type == Container.Type.MESOS && volumes.isEmpty() && !contained
                ? Optional.empty()
                : Optional.of(new Container(type, docker, linuxInfo, volumes));
    }

    private static void checkType(
            Fields app, Fields container, Container.Type type, boolean docker, Network network) {
        if (!container.sound("type", "docker")) {
            return;
        }
        switch (type) {
            case DOCKER -> {
                if (!docker) {
                    container.rule("docker", "must not be empty");
                }
            }
            case MESOS -> needsEngine(app, network);
        }
    }

    private static void needsEngine(Fields app, Network network) {
        switch (network) {
            case HOST -> {}
            case BRIDGE ->
                    app.rule("networks", "container/bridge needs a container of type DOCKER");
            case CONTAINER ->
                    app.rule("networks", "a container network needs a container of type DOCKER");
        }
    }

    private static Container.Docker docker(
            Fields docker, Container.Type type, SecretsJson secrets) {
        var image = docker.someText("image");
        if (image.isEmpty() && !docker.has("image")) {
            docker.form("image", "error.path.missing");
        }
        if (type == Container.Type.MESOS) {
            ofEnginesOnly(docker);
        }
        return new Container.Docker(
                image.orElse(""),
                docker.flag("forcePullImage").orElse(false),
                docker.flag("privileged").orElse(false),
                docker.objects("parameters", Limits.MAX_PARAMETERS).orElse(List.of()).stream()
                        .map(ContainerJson::parameter)
                        .toList(),
                secrets.pullConfig(docker));
    }

    /// What only an engine knows.
    private static void ofEnginesOnly(Fields docker) {
        UnsupportedFields.emptyList(docker, "parameters");
        docker.flag("privileged")
                .filter(privileged -> privileged)
                .ifPresent(_ -> docker.rule("privileged", UnsupportedFields.NOT_SUPPORTED));
    }

    private static Container.Parameter parameter(Fields parameter) {
        for (var field : List.of("key", "value")) {
            if (!parameter.has(field)) {
                parameter.form(field, "error.path.missing");
            }
        }
        var key = parameter.text("key");
        var value = parameter.text("value").orElse("");
        var option = key.flatMap(DockerOption::of);
        if (key.isPresent() && option.isEmpty()) {
            parameter.rule("key", "is not one of the options that may be set: " + OPTIONS);
        }
        if (option.isPresent() && parameter.sound("value") && !option.get().accepts(value)) {
            parameter.rule("value", "is not allowed for '%s'".formatted(key.orElseThrow()));
        }
        return new Container.Parameter(key.orElse(""), value);
    }

    /// Absent for a process in its sandbox on the host network.
    static Optional<ObjectNode> write(App app) {
        return app.container()
                .map(container -> {
                    var json = JsonNodeFactory.instance.objectNode();
                    json.put("type", container.type().name());
                    container
                            .docker()
                            .ifPresent(docker -> {
                                var image = json.putObject("docker");
                                image.put("image", docker.image());
                                image.put("forcePullImage", docker.forcePullImage());
                                image.put("privileged", docker.privileged());
                                var parameters = image.putArray("parameters");
                                docker.parameters()
                                        .forEach(parameter ->
                                                parameters
                                                        .addObject()
                                                        .put("key", parameter.key())
                                                        .put("value", parameter.value()));
                                SecretsJson.writePullConfig(image, docker.pullConfig());
                            });
                    container
                            .linuxInfo()
                            .ifPresent(info -> json.set("linuxInfo", LinuxInfoJson.write(info)));
                    json.set("volumes", VolumesJson.write(container.volumes()));
                    json.set(
                            "portMappings",
                            app.network() == Network.HOST
                                    ? JsonNodeFactory.instance.arrayNode()
                                    : PortsJson.writeMappings(app.portDefinitions()));
                    return json;
                });
    }
}
