package io.ekiden.proxy;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Optional;

/// By what a listener for HTTP chooses the route of a request.
sealed interface Frontend {
    Optional<Route> route(RouteTable table, HttpServerRequest request);

    /// The answer when there is no route.
    Refusal unknown(HttpServerRequest request);

    /// The host that the request names, and its path.
    record VirtualHosts() implements Frontend {
        @Override
        public Optional<Route> route(RouteTable table, HttpServerRequest request) {
            return table.host(HostNames.normal(host(request)), request.uri());
        }

        @Override
        public Refusal unknown(HttpServerRequest request) {
            return Refusal.unknownHost(host(request));
        }

        private static String host(HttpServerRequest request) {
            var host = request.getHeader(HttpHeaders.HOST);
            return host == null ? "" : host;
        }
    }

    /// The app that its header `X-Marathon-App-Id` names.
    record AppIds() implements Frontend {
        private static final CharSequence HEADER = HttpHeaders.createOptimized("X-Marathon-App-Id");

        @Override
        public Optional<Route> route(RouteTable table, HttpServerRequest request) {
            return table.app(id(request));
        }

        @Override
        public Refusal unknown(HttpServerRequest request) {
            return Refusal.unknownApp(id(request));
        }

        private static String id(HttpServerRequest request) {
            var id = request.getHeader(HEADER);
            return id == null ? "" : id.toLowerCase(Locale.ROOT);
        }
    }

    /// The port at which it came.
    record ServicePort(int port) implements Frontend {
        @Override
        public Optional<Route> route(RouteTable table, HttpServerRequest request) {
            return table.port(port);
        }

        @Override
        public Refusal unknown(HttpServerRequest request) {
            return Refusal.noRoute(port);
        }
    }
}
