package io.ekiden.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/// Something that is done with the requests of a route and their answers. Which ones a route has is
/// decided when the table is made; a route without any costs a request nothing.
interface Interceptor {
    /// The answer to a request that is not to be passed on.
    default Optional<Refusal> before(HttpServerRequest request) {
        return Optional.empty();
    }

    /// What the backend is asked for.
    default String target(String uri) {
        return uri;
    }

    /// Changes the header of the request to the backend.
    default void toBackend(MultiMap headers) {}

    /// Changes the header of the answer to the client.
    default void toClient(HttpServerRequest request, Backend backend, MultiMap headers) {}
}
