package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Sorted;
import java.util.Map;
import java.util.Optional;

/// Fixtures of this module's tests.
final class Given {
    private Given() {}

    static Endpoint endpoint(String app, int instance, int port, int servicePort) {
        return endpoint(app, instance, port, servicePort, Map.of());
    }

    static Endpoint endpoint(
            String app, int instance, int port, int servicePort, Map<String, String> labels) {
        var id = PathId.of(app);
        return new Endpoint(
                InstanceId.of(id, "0000-" + instance).task(1),
                id,
                0,
                Optional.empty(),
                "127.0.0.1",
                port,
                servicePort,
                "tcp",
                Sorted.copyOf(labels),
                Endpoint.State.READY);
    }

    static Endpoint draining(Endpoint endpoint) {
        return endpoint.withState(Endpoint.State.DRAINING);
    }
}
