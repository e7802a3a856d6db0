package io.ekiden.model;

import java.net.URI;
import java.util.Optional;

/// A file that is fetched into a task's sandbox before the task is started.
///
/// @param uri absolute, `http`, `https` or `file`
/// @param extract whether it is unpacked into the sandbox if its name is an archive's
/// @param executable whether it is made executable, and then not unpacked
/// @param cache whether the agent keeps it for others that name the same URI
/// @param destPath where in the sandbox it is put; by its own name when absent
public record Artifact(
        String uri, boolean extract, boolean executable, boolean cache, Optional<String> destPath) {

    /// Where it is put, relative to the sandbox.
    public String path() {
        return destPath.orElseGet(() -> nameIn(URI.create(uri)));
    }

    /// The last part of a URI's path; empty when it has none.
    public static String nameIn(URI uri) {
        var path = Optional.ofNullable(uri.getRawPath()).orElse("");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// The URI for messages: without user, password, query and fragment, which may be secrets.
    public String publicUri() {
        return publicUri(URI.create(uri));
    }

    public static String publicUri(URI uri) {
        var host = Optional.ofNullable(uri.getHost()).orElse("");
        var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return "%s://%s%s%s".formatted(uri.getScheme(), host, port, uri.getRawPath());
    }
}
