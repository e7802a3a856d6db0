package io.ekiden.proxy;

import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// By what a listener for HTTP chooses the route of a request.
sealed interface Frontend {
    /// @param uri what is asked for
    /// @param fields the value of a header field by its name in small letters; null when there is
    ///   none
    Optional<Route> route(RouteTable table, String uri, UnaryOperator<String> fields);

    /// The answer when there is no route.
    Refusal unknown(HttpServerRequest request);

    /// The host that the request names, and its path.
    record VirtualHosts() implements Frontend {
        @Override
        public Optional<Route> route(RouteTable table, String uri, UnaryOperator<String> fields) {
            return table.host(HostNames.normal(host(fields)), uri);
        }

        @Override
        public Refusal unknown(HttpServerRequest request) {
            return Refusal.unknownHost(host(request::getHeader));
        }

        private static String host(UnaryOperator<String> fields) {
            return Objects.requireNonNullElse(fields.apply("host"), "");
        }
    }

    /// The app that its header `X-Marathon-App-Id` names.
    record AppIds() implements Frontend {
        @Override
        public Optional<Route> route(RouteTable table, String uri, UnaryOperator<String> fields) {
            return table.app(id(fields));
        }

        @Override
        public Refusal unknown(HttpServerRequest request) {
            return Refusal.unknownApp(id(request::getHeader));
        }

        private static String id(UnaryOperator<String> fields) {
            return Objects.requireNonNullElse(fields.apply("x-marathon-app-id"), "")
                    .toLowerCase(Locale.ROOT);
        }
    }

    /// The port at which it came.
    record ServicePort(int port) implements Frontend {
        @Override
        public Optional<Route> route(RouteTable table, String uri, UnaryOperator<String> fields) {
            return table.port(port);
        }

        @Override
        public Refusal unknown(HttpServerRequest request) {
            return Refusal.noRoute(port);
        }
    }
}
