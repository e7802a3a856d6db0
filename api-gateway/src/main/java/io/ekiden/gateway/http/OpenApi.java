package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;

/// `/openapi.json`: what this API is, for generators of clients. The file beside this class; a test
/// holds it against the router.
final class OpenApi {
    private OpenApi() {}

    /// @param version of this build
    static ObjectNode document(String version) {
        try (var file = OpenApi.class.getResourceAsStream("openapi.json")) {
            if (JsonText.parse(file.readAllBytes()) instanceof JsonText.Tree(ObjectNode document)) {
                document.withObject("/info").put("version", version);
                return document;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("openapi.json is no JSON object");
    }
}
