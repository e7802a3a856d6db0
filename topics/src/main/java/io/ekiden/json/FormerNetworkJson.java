package io.ekiden.json;

import io.ekiden.model.Network;
import java.util.List;
import java.util.Optional;

/// `networks` of before they had names, as they were read then
/// ([Dialect#WITHOUT_NETWORKS_AND_CHECKS]).
final class FormerNetworkJson {
    private static final String BRIDGE = Network.BRIDGE.mode();

    private FormerNetworkJson() {}

    static NetworkJson read(Fields app) {
        return new NetworkJson(network(app), Optional.empty());
    }

    private static Network network(Fields app) {
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
        var modes = networks.stream().map(FormerNetworkJson::mode).toList();
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
}
