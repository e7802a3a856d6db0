package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.node.NullNode;
import io.ekiden.gateway.core.About;
import java.time.Duration;
import java.util.List;

/// The router's table, for tests of other packages.
public final class EveryRoute {
    private EveryRoute() {}

    /// Handlers must not be called.
    static Routes routes() {
        return ApiRouter.routes(
                new About("ekiden", "1", "gw", 1, false),
                NullNode.instance,
                new Health(null, null, null, null, null),
                new EventStreams(null, null, null, null, 0, 0, Duration.ZERO),
                new Audit(null),
                new Logging(null, null),
                new SecretApi(null),
                new UiFiles(null, null));
    }

    /// `METHOD pattern` of each.
    public static List<String> lines() {
        return routes().all().stream()
                .map(route -> route.method() + " " + route.path().text())
                .toList();
    }
}
