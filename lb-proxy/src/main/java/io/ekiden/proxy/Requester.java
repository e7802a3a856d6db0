package io.ekiden.proxy;

import java.util.Optional;

/// Who is to be brought to a backend.
interface Requester {
    /// As digits.
    String address();

    default Optional<String> cookie(String name) {
        return Optional.empty();
    }
}
