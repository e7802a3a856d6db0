package io.ekiden.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// `HAPROXY_{n}_STICKY`: a client's requests go to the endpoint that its cookie names, while that
/// is ready and can be reached; then to another, whose name the cookie has from then on. Backends
/// do not see the cookie.
final class StickyCookie implements Interceptor {
    static final String NAME = "mesosphere_server_id";

    private final Map<String, Backend> backends = new HashMap<>();
    private final Map<Backend, String> values = new HashMap<>();

    StickyCookie(Collection<Backend> all) {
        for (var backend : all) {
            // Says nothing of where the backend is.
            var key = backend.key().getBytes(StandardCharsets.UTF_8);
            var value = UUID.nameUUIDFromBytes(key).toString();
            backends.put(value, backend);
            values.put(backend, value);
        }
    }

    /// The requester's own backend, acquired.
    Optional<Backend> acquire(Requester requester, long now) {
        return requester
                .cookie(NAME)
                .map(backends::get)
                .filter(backend -> !backend.ejected(now) && backend.acquire());
    }

    @Override
    public void toBackend(MultiMap headers) {
        var fields = headers.getAll(HttpHeaders.COOKIE);
        if (fields.stream().noneMatch(field -> field.contains(NAME))) {
            return;
        }
        headers.remove(HttpHeaders.COOKIE);
        for (var field : fields) {
            var others = pairs(field).stream().filter(pair -> value(pair, NAME).isEmpty()).toList();
            if (!others.isEmpty()) {
                headers.add(HttpHeaders.COOKIE, String.join("; ", others));
            }
        }
    }

    @Override
    public void toClient(HttpServerRequest request, Backend backend, MultiMap headers) {
        var value = values.get(backend);
        if (!find(request.headers(), NAME).equals(Optional.of(value))) {
            headers.add(HttpHeaders.SET_COOKIE, NAME + "=" + value + "; path=/");
            headers.add(HttpHeaders.CACHE_CONTROL, "private");
        }
    }

    /// A cookie in the header of a request.
    static Optional<String> find(MultiMap headers, String name) {
        for (var field : headers.getAll(HttpHeaders.COOKIE)) {
            for (var pair : pairs(field)) {
                var value = value(pair, name);
                if (value.isPresent()) {
                    return value;
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> pairs(String field) {
        var pairs = new ArrayList<String>();
        for (var pair : field.split(";", -1)) {
            if (!pair.isBlank()) {
                pairs.add(pair.strip());
            }
        }
        return pairs;
    }

    private static Optional<String> value(String pair, String name) {
        return pair.startsWith(name + "=")
                ? Optional.of(pair.substring(name.length() + 1))
                : Optional.empty();
    }
}
