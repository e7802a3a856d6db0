package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.model.Artifact;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `fetch` of an app, the deprecated `uris` that means the same, and `artifacts` of a pod's
/// container.
final class ArtifactJson {
    private static final List<String> SCHEMES = List.of("http", "https", "file");

    /// Those that are unpacked in the deprecated form, which cannot say so.
    private static final List<String> ARCHIVES =
            List.of(".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip");

    private static final List<String> NO_NAMES = List.of("", ".", "..");

    private ArtifactJson() {}

    static List<Artifact> ofApp(Fields app) {
        var fetch = read(app, "fetch");
        var uris = app.texts("uris", Limits.MAX_ARTIFACTS).orElse(List.of());
        for (int i = 0; i < uris.size(); i++) {
            checkUri(app, "uris(%d)".formatted(i), uris.get(i), false);
        }
        if (!fetch.isEmpty() && !uris.isEmpty()) {
            app.rule("cannot specify both uris and fetch fields");
        }
        return uris.isEmpty() ? fetch : uris.stream().map(ArtifactJson::ofUri).toList();
    }

    private static Artifact ofUri(String uri) {
        boolean archive = ARCHIVES.stream().anyMatch(uri::endsWith);
        return new Artifact(uri, archive, false, false, Optional.empty());
    }

    static List<Artifact> read(Fields fields, String list) {
        return fields.objects(list, Limits.MAX_ARTIFACTS).orElse(List.of()).stream()
                .map(ArtifactJson::artifact)
                .toList();
    }

    private static Artifact artifact(Fields artifact) {
        var uri = artifact.text("uri");
        var destPath = artifact.someText("destPath");
        if (!artifact.has("uri")) {
            artifact.form("uri", "error.path.missing");
        }
        uri.ifPresent(text -> checkUri(artifact, "uri", text, destPath.isPresent()));
        destPath.ifPresent(path -> checkPath(artifact, path));
        return new Artifact(
                uri.orElse(""),
                artifact.flag("extract").orElse(true),
                artifact.flag("executable").orElse(false),
                artifact.flag("cache").orElse(false),
                destPath);
    }

    private static void checkUri(Fields fields, String field, String text, boolean named) {
        if (text.isEmpty() || text.length() > Limits.MAX_URI) {
            fields.form(field, text.isEmpty() ? "error.minLength" : "error.maxLength");
            return;
        }
        try {
            var uri = new URI(text);
            var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean file = scheme.equals("file");
            if (!SCHEMES.contains(scheme)) {
                fields.rule(field, "must be a URI of http, https or file");
            } else if (uri.getRawPath() == null || (uri.getHost() == null && !file)) {
                fields.rule(field, "URI has invalid syntax.");
            } else if (!named && NO_NAMES.contains(Artifact.nameIn(uri))) {
                fields.rule(field, "must end with the name of a file, or have a 'destPath'");
            }
        } catch (URISyntaxException e) {
            fields.rule(field, "URI has invalid syntax.");
        }
    }

    private static void checkPath(Fields artifact, String path) {
        if (path.length() > Limits.MAX_MOUNT_PATH) {
            artifact.form("destPath", "error.maxLength");
        } else if (Arrays.stream(path.split("/", -1)).anyMatch(NO_NAMES::contains)) {
            artifact.rule("destPath", "must be a relative path without empty parts, '.' and '..'");
        }
    }

    static ArrayNode write(List<Artifact> artifacts) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var artifact : artifacts) {
            var json =
                    array.addObject()
                            .put("uri", artifact.uri())
                            .put("extract", artifact.extract())
                            .put("executable", artifact.executable())
                            .put("cache", artifact.cache());
            artifact.destPath().ifPresent(path -> json.put("destPath", path));
        }
        return array;
    }
}
