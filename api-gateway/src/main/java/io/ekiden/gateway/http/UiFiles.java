package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Failures;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The web UI: files of the class path below `ui/`, and the libraries that come as WebJars below
/// `/ui/webjars/`. Nothing else can be named: no hidden files, no way up, no listings.
final class UiFiles {
    static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final String WEBJARS = "webjars/";
    private static final Pattern SAFE =
            Pattern.compile("(?:[A-Za-z0-9@_-][A-Za-z0-9@_.-]*/)*[A-Za-z0-9@_-][A-Za-z0-9@_.-]*");
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("mjs", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("map", "application/json"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("txt", "text/plain; charset=utf-8"));

    private final Vertx vertx;
    private final ClassLoader resources;
    private final Map<String, Buffer> read = new ConcurrentHashMap<>();

    UiFiles(Vertx vertx, ClassLoader resources) {
        this.vertx = vertx;
        this.resources = resources;
    }

    void serve(RoutingContext http, ApiRequest request) {
        var path = request.part("path");
        if (path.isEmpty() && !http.request().path().endsWith("/")) {
            Replies.send(http, Answer.empty(302).with("Location", "/ui/"));
            return;
        }
        var file = path.isEmpty() ? "index.html" : path;
        // Only known kinds of file: a folder of the class path would be read as its listing.
        if (!SAFE.matcher(file).matches() || !TYPES.containsKey(ending(file))) {
            Replies.send(http, Failures.unknownUri());
            return;
        }
        vertx.executeBlocking(() -> content(file), false)
                .onSuccess(content ->
                        content.ifPresentOrElse(
                                bytes -> send(http, file, bytes),
                                () -> Replies.send(http, Failures.unknownUri())))
                .onFailure(http::fail);
    }

    private Optional<Buffer> content(String file) throws IOException {
        var known = read.get(file);
        if (known != null) {
            return Optional.of(known);
        }
        var name = file.startsWith(WEBJARS) ? "META-INF/resources/" + file : "ui/" + file;
        try (var in = resources.getResourceAsStream(name)) {
            // What is there is little and fixed: it can all be kept.
            var found = Optional.ofNullable(in == null ? null : Buffer.buffer(in.readAllBytes()));
            found.ifPresent(bytes -> read.put(file, bytes));
            return found;
        }
    }

    private static String ending(String file) {
        return file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static void send(RoutingContext http, String file, Buffer content) {
        var response = http.response();
        response.putHeader("Content-Type", TYPES.get(ending(file)));
        response.putHeader("Content-Security-Policy", POLICY);
        response.putHeader("Referrer-Policy", "no-referrer");
        if (http.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", Integer.toString(content.length()));
            response.end();
        } else {
            response.end(content);
        }
    }
}
