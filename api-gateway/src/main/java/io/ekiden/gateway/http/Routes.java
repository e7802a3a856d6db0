package io.ekiden.gateway.http;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the route of a request. What is not in the table does not exist.
final class Routes {
    private final List<Route> table;

    Routes(List<Route> table) {
        this.table = List.copyOf(table);
    }

    List<Route> all() {
        return table;
    }

    /// What was found.
    sealed interface Found {
        record Match(Route route, Map<String, String> values) implements Found {}

        /// The path is served, but not with this method.
        record OtherMethods(Set<String> allowed) implements Found {}

        record Nothing() implements Found {}
    }

    /// The first pattern that fits decides; its methods are all that the path has.
    Found find(String method, List<String> path) {
        // HEAD is a GET whose body is not sent.
        var wanted = method.equals("HEAD") ? "GET" : method;
        Optional<PathPattern> pattern = Optional.empty();
        var allowed = new LinkedHashSet<String>();
        for (var route : table) {
            if (pattern.isEmpty()
                    ? route.path().match(path).isPresent()
                    : route.path().equals(pattern.get())) {
                pattern = Optional.of(route.path());
                if (route.method().equals(wanted)) {
                    return new Found.Match(route, route.path().match(path).orElseThrow());
                }
                allow(allowed, route.method());
            }
        }
        if (pattern.isEmpty()) {
            return new Found.Nothing();
        }
        allowed.add("OPTIONS");
        return new Found.OtherMethods(allowed);
    }

    private static void allow(Set<String> allowed, String method) {
        allowed.add(method);
        if (method.equals("GET")) {
            allowed.add("HEAD");
        }
    }
}
