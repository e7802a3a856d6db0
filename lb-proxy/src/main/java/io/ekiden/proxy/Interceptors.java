package io.ekiden.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.OptionalInt;

/// Those that need nothing but their label.
final class Interceptors {
    private Interceptors() {}

    /// `HAPROXY_{n}_BACKEND_NETWORK_ALLOWED_ACL`.
    record Allowed(Networks networks) implements Interceptor {
        @Override
        public Optional<Refusal> before(HttpServerRequest request) {
            return networks.contain(request.remoteAddress().hostAddress())
                    ? Optional.empty()
                    : Optional.of(new Refusal(403, "Your address may not come here."));
        }
    }

    /// `HAPROXY_{n}_REDIRECT_TO_HTTPS`.
    record HttpsOnly(OptionalInt port) implements Interceptor {
        private static final int USUAL = 443;

        @Override
        public Optional<Refusal> before(HttpServerRequest request) {
            if (request.isSSL() || (port.isEmpty() && cameByHttps(request))) {
                return Optional.empty();
            }
            var host = HostNames.normal(request.getHeader(HttpHeaders.HOST));
            var target = request.uri().startsWith("/") ? request.uri() : "/";
            return Optional.of(Refusal.moved("https://" + host + suffix() + target));
        }

        /// Without a port of our own, what stands before us speaks TLS: a redirect would come back.
        private static boolean cameByHttps(HttpServerRequest request) {
            return "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
        }

        private String suffix() {
            return port.isEmpty() || port.getAsInt() == USUAL ? "" : ":" + port.getAsInt();
        }
    }

    /// `HAPROXY_{n}_HTTP_BACKEND_REDIR`.
    record RootRedirect(String path) implements Interceptor {
        @Override
        public Optional<Refusal> before(HttpServerRequest request) {
            return "/".equals(request.path()) ? Optional.of(Refusal.moved(path)) : Optional.empty();
        }
    }

    /// `HAPROXY_{n}_USE_HSTS`: for half a year, browsers come by HTTPS only.
    record Hsts() implements Interceptor {
        @Override
        public void toClient(HttpServerRequest request, Backend backend, MultiMap headers) {
            headers.set("Strict-Transport-Security", "max-age=15768000");
        }
    }

    /// `HAPROXY_{n}_HTTP_BACKEND_PROXYPASS_PATH`: the backend does not see where it is.
    record PathStripped(String path) implements Interceptor {
        @Override
        public String target(String uri) {
            if (!uri.regionMatches(true, 0, path, 0, path.length())) {
                return uri;
            }
            var rest = uri.substring(path.length());
            return rest.startsWith("/") ? rest : "/" + rest;
        }
    }

    /// `HAPROXY_{n}_HTTP_BACKEND_REVPROXY_PATH`: a `Location` on this host becomes one below the
    /// path.
    record LocationPrefixed(String path, Optional<String> ownHost) implements Interceptor {
        @Override
        public void toClient(HttpServerRequest request, Backend backend, MultiMap headers) {
            var location = headers.get(HttpHeaders.LOCATION);
            int start = location == null ? -1 : pathOf(location);
            if (start >= 0 && !location.startsWith(path, start)) {
                var below = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
                headers.set(HttpHeaders.LOCATION, below + location.substring(start));
            }
        }

        /// Where the path begins; -1 when it is another host's.
        private int pathOf(String location) {
            if (location.startsWith("/")) {
                return location.startsWith("//") ? -1 : 0;
            }
            if (!location.startsWith("http://") && !location.startsWith("https://")) {
                return -1;
            }
            int host = location.indexOf("//") + 2;
            int start = location.indexOf('/', host);
            return start >= 0
                            && ownHost.equals(
                                    Optional.of(HostNames.normal(location.substring(host, start))))
                    ? start
                    : -1;
        }
    }
}
