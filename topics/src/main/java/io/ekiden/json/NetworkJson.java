package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.model.ContainerNetwork;
import io.ekiden.model.Network;
import io.ekiden.model.RunSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;

/// `networks`, with the older forms in which an app's `ipAddress` or its Docker container names the
/// network.
///
/// @param named there on a container network only
record NetworkJson(Network network, Optional<ContainerNetwork> named) {
    private static final NetworkJson ON_HOST = new NetworkJson(Network.HOST, Optional.empty());
    private static final List<String> MODES =
            Arrays.stream(Network.values()).map(Network::mode).toList();
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9_]*[a-z0-9])?");
    private static final int MAX_NAME = 63;

    /// What an engine takes for something else than a network that was made in it.
    private static final List<String> RESERVED = List.of("host", "none", "default", "bridge");

    private static final String NAMELESS =
            "Network name must be specified when container network is selected.";

    private static final String ONE_NAMED =
            "may only specify a single container network when using the Docker container engine";

    private static final String ONE_OF_A_KIND =
            "May specify a single host network, single bridge network, or else 1-to-n container"
                    + " networks";

    static NetworkJson ofApp(Fields app) {
        if (!app.dialect().namesNetworks()) {
            return FormerNetworkJson.read(app);
        }
        var docker = ofDocker(app);
        var given = ofNetworks(app);
        var old =
                ofIpAddress(app, docker)
                        .or(() ->
                                docker.filter(_ -> given.isEmpty())
                                        .map(network -> ofDocker(app, network)));
        if (given.isPresent() && app.sound("networks", "container", "ipAddress")) {
            if (docker.filter(network -> network != given.get().network).isPresent()) {
                app.rule("networks", "must be what container.docker.network says");
            } else if (old.isPresent() && !old.equals(given)) {
                app.rule("networks", "must be what ipAddress says");
            }
        }
        return given.or(() -> old).orElse(ON_HOST);
    }

    static NetworkJson ofPod(Fields pod) {
        return pod.dialect().namesNetworks()
                ? ofNetworks(pod).orElse(ON_HOST)
                : FormerNetworkJson.read(pod);
    }

    private static Optional<NetworkJson> ofNetworks(Fields definition) {
        var networks =
                definition.objects("networks", Limits.MAX_NETWORKS).orElse(List.of()).stream()
                        .map(NetworkJson::read)
                        .toList();
        if (networks.size() > 1) {
            boolean named = networks.stream().allMatch(n -> n.network == Network.CONTAINER);
            definition.rule("networks", named ? ONE_NAMED : ONE_OF_A_KIND);
        }
        return networks.stream().findFirst();
    }

    /// A network object without a mode is a container network.
    private static NetworkJson read(Fields network) {
        return switch (network.literal("mode", MODES)
                .map(NetworkJson::ofMode)
                .orElse(Network.CONTAINER)) {
            case HOST -> {
                var rule = "Host networks may not have names or labels";
                unnamed(network, rule);
                unlabelled(network, rule);
                yield ON_HOST;
            }
            case BRIDGE -> {
                unnamed(network, "Bridge networks may not have names");
                unlabelled(network, UnsupportedFields.NOT_SUPPORTED);
                yield new NetworkJson(Network.BRIDGE, Optional.empty());
            }
            case CONTAINER -> named(network, "name", network.text("name"));
        };
    }

    private static Network ofMode(String mode) {
        return Arrays.stream(Network.values())
                .filter(network -> network.mode().equals(mode))
                .findFirst()
                .orElseThrow();
    }

    private static void unnamed(Fields network, String rule) {
        network.text("name")
                .filter(name -> !name.isEmpty())
                .ifPresent(_ -> network.rule("name", rule));
    }

    private static void unlabelled(Fields network, String rule) {
        network.object("labels")
                .filter(labels -> labels.size() > 0)
                .ifPresent(_ -> network.rule("labels", rule));
    }

    private static NetworkJson named(Fields network, String field, Optional<String> given) {
        var name = given.filter(text -> !text.isEmpty());
        if (name.isEmpty() && network.sound(field)) {
            network.rule(field, NAMELESS);
        }
        name.ifPresent(text -> check(network, field, text));
        var labels = network.texts("labels").orElse(Collections.emptySortedMap());
        return container(name.orElse(""), labels);
    }

    private static NetworkJson container(String name, SortedMap<String, String> labels) {
        return new NetworkJson(Network.CONTAINER, Optional.of(new ContainerNetwork(name, labels)));
    }

    private static void check(Fields network, String field, String name) {
        if (name.length() > MAX_NAME) {
            network.form(field, "error.maxLength");
        } else if (!NAME.matcher(name).matches()) {
            network.form(field, "error.pattern");
        } else if (RESERVED.contains(name)) {
            network.rule(field, "is not a network of containers");
        }
    }

    /// The deprecated `container.docker.network`.
    private static Optional<Network> ofDocker(Fields app) {
        return app.object("container")
                .flatMap(container -> container.object("docker"))
                .flatMap(docker -> {
                    var mode = docker.literal("network", List.of("BRIDGE", "HOST", "NONE", "USER"));
                    if (mode.filter("NONE"::equals).isPresent()) {
                        docker.rule("network", UnsupportedFields.NOT_SUPPORTED);
                    }
                    return mode.map(m ->
                            switch (m) {
                                case "BRIDGE" -> Network.BRIDGE;
                                case "USER" -> Network.CONTAINER;
                                default -> Network.HOST;
                            });
                });
    }

    /// The deprecated `ipAddress`: a container network, unless the container says something else.
    private static Optional<NetworkJson> ofIpAddress(Fields app, Optional<Network> docker) {
        var ipAddress = app.object("ipAddress");
        ipAddress.ifPresent(ip -> {
            UnsupportedFields.emptyList(ip, "groups");
            // Those of an image are its port mappings.
            ip.part("discovery")
                    .array("ports", Limits.MAX_PORTS)
                    .filter(ports -> !ports.isEmpty())
                    .ifPresent(_ ->
                            ip.part("discovery")
                                    .rule("ports", "do not apply for container type DOCKER"));
        });
        return ipAddress.map(ip ->
                switch (docker.orElse(Network.CONTAINER)) {
                    case HOST -> otherwise(ip, Network.HOST);
                    case BRIDGE -> otherwise(ip, Network.BRIDGE);
                    case CONTAINER -> named(ip, "networkName", ip.text("networkName"));
                });
    }

    private static NetworkJson otherwise(Fields ipAddress, Network network) {
        var rule = "is for container networks";
        ipAddress
                .text("networkName")
                .filter(name -> !name.isEmpty())
                .ifPresent(_ -> ipAddress.rule("networkName", rule));
        unlabelled(ipAddress, rule);
        return new NetworkJson(network, Optional.empty());
    }

    /// Where only the container names the network, a container network has no name.
    private static NetworkJson ofDocker(Fields app, Network network) {
        return switch (network) {
            case HOST, BRIDGE -> new NetworkJson(network, Optional.empty());
            case CONTAINER -> {
                app.rule("networks", NAMELESS);
                yield container("", Collections.emptySortedMap());
            }
        };
    }

    /// With one network there is but one that a port can be of.
    void checkNames(Fields port) {
        if (!port.dialect().namesNetworks()) {
            UnsupportedFields.emptyList(port, "networkNames");
            return;
        }
        var known = named.map(ContainerNetwork::name).map(List::of).orElse(List.of());
        port.texts("networkNames", Limits.MAX_NETWORKS)
                .filter(names -> !known.containsAll(names))
                .ifPresent(_ -> port.rule("networkNames", "must be among the networks"));
    }

    static ArrayNode write(RunSpec spec) {
        var networks = JsonNodeFactory.instance.arrayNode();
        var json = networks.addObject();
        spec.containerNetwork().ifPresent(network -> json.put("name", network.name()));
        json.put("mode", spec.network().mode());
        spec.containerNetwork()
                .filter(network -> !network.labels().isEmpty())
                .ifPresent(network -> PodJson.texts(json, "labels", network.labels()));
        return networks;
    }
}
