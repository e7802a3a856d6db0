package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Network;
import java.util.List;

/// Networks that were made in the engine, by their names.
///
/// An engine also takes words, ids and parts of ids for networks, and the machine's own network is
/// among them: only the name counts here, and only of a network for containers. Who may not be on
/// the machine's network is not there by another name.
final class NamedNetwork {
    private static final int NOT_FOUND = 404;

    /// Of the machine's own network, and of none.
    private static final List<String> NOT_FOR_CONTAINERS = List.of("host", "null");

    private NamedNetwork() {}

    /// Refused when containers cannot be on a network of this name.
    static Answer<Network> find(Engine engine, Patience patience, String name) {
        var answer =
                engine.ask(
                        patience.call(),
                        docker -> docker.inspectNetworkCmd().withNetworkId(name).exec());
        boolean missing =
                switch (answer) {
                    case Answer.Done(var network) ->
                            !name.equals(network.getName())
                                    || NOT_FOR_CONTAINERS.contains(network.getDriver());
                    case Answer.Refused(var status, _) -> status == NOT_FOUND;
                    case Answer.Silent<Network> _ -> false;
                };
        return missing
                ? new Answer.Refused<>(
                        NOT_FOUND, "this agent's engine has no network '%s'".formatted(name))
                : answer;
    }
}
