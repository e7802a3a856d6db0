package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
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

/// `container` and `networks`, with the older forms in which a Docker container names its network
/// and its ports itself.
final class ContainerJson {
    private static final String BRIDGE = Network.BRIDGE.mode();

    private static final String OPTIONS =
            Arrays.stream(DockerOption.values())
                    .map(DockerOption::key)
                    .collect(Collectors.joining(", "));

    private ContainerJson() {}

    static Network network(Fields app) {
        var ofDocker = ofDocker(app);
        var network =
                app.objects("networks", Limits.MAX_NETWORKS)
                        .map(networks -> network(app, networks));
        boolean differ = network.isPresent() && ofDocker.isPresent() && !network.equals(ofDocker);
        if (differ && app.sound("networks", "container")) {
            app.rule("networks", "must be what container.docker.network says");
        }
        return network.or(() -> ofDocker).orElse(Network.HOST);
    }

    private static Network network(Fields app, List<Fields> networks) {
        if (networks.size() > 1 && app.sound("networks")) {
            app.rule("networks", UnsupportedFields.NOT_SUPPORTED);
        }
        var modes = networks.stream().map(ContainerJson::mode).toList();
        return modes.contains(BRIDGE) ? Network.BRIDGE : Network.HOST;
    }

    /// A network object without a mode is a container network.
    private static String mode(Fields network) {
        var mode =
                network.literal("mode", List.of("host", "container", BRIDGE)).orElse("container");
        if (mode.equals("container") && network.sound("mode")) {
            network.rule("mode", UnsupportedFields.NOT_SUPPORTED);
        }
        network.text("name").ifPresent(_ -> network.rule("name", UnsupportedFields.NOT_SUPPORTED));
        UnsupportedFields.emptyObject(network, "labels");
        return mode;
    }

    /// The deprecated `container.docker.network`.
    private static Optional<Network> ofDocker(Fields app) {
        return app.object("container")
                .flatMap(container -> container.object("docker"))
                .flatMap(docker -> {
                    var mode = docker.literal("network", List.of("BRIDGE", "HOST", "NONE", "USER"));
                    if (mode.filter(m -> m.equals("NONE") || m.equals("USER")).isPresent()) {
                        docker.rule("network", UnsupportedFields.NOT_SUPPORTED);
                    }
                    return mode.map(m -> m.equals("BRIDGE") ? Network.BRIDGE : Network.HOST);
                });
    }

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
            if (network == Network.BRIDGE) {
                app.rule("networks", "container/bridge needs a container of type DOCKER");
            }
            return Optional.empty();
        }
        var container = given.get();
        var type = container.literal("type", Container.Type.class).orElse(Container.Type.DOCKER);
        UnsupportedFields.checkContainer(container);
        var docker = container.object("docker").map(ContainerJson::docker);
        checkType(app, container, type, docker.isPresent(), network);
        var linuxInfo = LinuxInfoJson.read(container, type);
        var volumes = VolumesJson.read(container, type, secrets);
        return type == Container.Type.MESOS && volumes.isEmpty()
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
            case MESOS -> {
                if (docker) {
                    container.rule("docker", UnsupportedFields.NOT_SUPPORTED);
                }
                if (network == Network.BRIDGE) {
                    app.rule("networks", "container/bridge needs a container of type DOCKER");
                }
            }
        }
    }

    private static Container.Docker docker(Fields docker) {
        var image = docker.someText("image");
        if (image.isEmpty() && !docker.has("image")) {
            docker.form("image", "error.path.missing");
        }
        return new Container.Docker(
                image.orElse(""),
                docker.flag("forcePullImage").orElse(false),
                docker.flag("privileged").orElse(false),
                docker.objects("parameters", Limits.MAX_PARAMETERS).orElse(List.of()).stream()
                        .map(ContainerJson::parameter)
                        .toList());
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

    static ArrayNode writeNetworks(App app) {
        var networks = JsonNodeFactory.instance.arrayNode();
        networks.addObject().put("mode", app.network().mode());
        return networks;
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
                            });
                    container
                            .linuxInfo()
                            .ifPresent(info -> json.set("linuxInfo", LinuxInfoJson.write(info)));
                    json.set("volumes", VolumesJson.write(container.volumes()));
                    json.set(
                            "portMappings",
                            app.network() == Network.BRIDGE
                                    ? PortsJson.writeMappings(app.portDefinitions())
                                    : JsonNodeFactory.instance.arrayNode());
                    return json;
                });
    }
}
