package io.ekiden.proxy.dns;

import io.ekiden.model.Endpoint;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Sorted;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Fixtures of this package's tests.
final class Endpoints {
    private Endpoints() {}

    static Endpoint of(String app, int instance, String host, int port) {
        return of(app, instance, 0, Optional.empty(), host, port, "tcp", Map.of());
    }

    static Endpoint of(
            String app,
            int instance,
            int portIndex,
            Optional<String> portName,
            String host,
            int port,
            String protocol,
            Map<String, String> labels) {
        var id = PathId.of(app);
        return new Endpoint(
                InstanceId.of(id, "0000-" + instance).task(1),
                id,
                portIndex,
                portName,
                host,
                port,
                0,
                protocol,
                Sorted.copyOf(labels),
                Endpoint.State.READY);
    }

    static Endpoint draining(Endpoint endpoint) {
        return endpoint.withState(Endpoint.State.DRAINING);
    }

    /// So many tasks of an app, each on a machine of its own.
    static SortedMap<String, Endpoint> many(String app, int tasks) {
        var endpoints = new TreeMap<String, Endpoint>();
        for (int i = 0; i < tasks; i++) {
            var endpoint = of(app, i, "10.1." + i / 250 + "." + (1 + i % 250), 31_000 + i);
            endpoints.put(endpoint.key(), endpoint);
        }
        return endpoints;
    }
}
