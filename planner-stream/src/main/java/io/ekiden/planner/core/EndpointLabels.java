package io.ekiden.planner.core;

import io.ekiden.model.RunSpec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The labels of an endpoint: the definition's, and those of the port on top.
///
/// Labels of load balancers count ports (`HAPROXY_1_VHOST`). A pod's count the endpoints of all its
/// containers; but an endpoint's own, which knows nothing of its neighbours, say `0` for itself,
/// and are numbered here.
final class EndpointLabels {
    private static final List<String> NUMBERED = List.of("HAPROXY_", "EKIDEN_");
    private static final String ITSELF = "0_";

    private EndpointLabels() {}

    static SortedMap<String, String> of(RunSpec spec, int portIndex) {
        var own = spec.ports().get(portIndex).labels();
        if (own.isEmpty()) {
            return spec.labels();
        }
        var labels = new TreeMap<>(spec.labels());
        switch (spec.kind()) {
            case APP -> labels.putAll(own);
            case POD -> own.forEach((name, value) -> labels.put(numbered(name, portIndex), value));
        }
        return labels;
    }

    private static String numbered(String name, int portIndex) {
        for (var prefix : NUMBERED) {
            if (name.startsWith(prefix + ITSELF)) {
                return prefix + portIndex + "_" + name.substring((prefix + ITSELF).length());
            }
        }
        return name;
    }
}
