package io.ekiden.proxy;

import java.util.Optional;
import java.util.function.Function;

/// One request's search for its route: in the table that is in force, and when nothing there
/// accepts any more, in the one that is in force by then. While a table is in force, what is ready
/// in it accepts ([Routing]).
final class Lookup {
    private final Routing routing;
    private final Function<RouteTable, Optional<Route>> find;
    private RouteTable seen;

    Lookup(Routing routing, Function<RouteTable, Optional<Route>> find) {
        this.routing = routing;
        this.find = find;
    }

    /// The route in a table that was not looked at yet; none when there is no other.
    Optional<Route> next() {
        var now = routing.table();
        if (now == seen) {
            return Optional.empty();
        }
        seen = now;
        return find.apply(now);
    }
}
