package io.ekiden.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Follows the page the way a browser does under the gateway's policy `default-src 'self'`: from
/// `index.html` through everything it links and imports, into the WebJars on the class path.
final class PageTest {
    private static final URI INDEX = URI.create("/ui/index.html");
    private static final String WEBJARS = "/ui/webjars/";

    private static final Pattern LINKED =
            Pattern.compile("<(?:script|link|img)\\b[^>]*?\\b(?:src|href)=\"([^\"]*)\"");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|<!--.*?-->");
    private static final Pattern IMPORTED =
            Pattern.compile(
                    "(?:\\bfrom|\\bimport)\\s*\\(?\\s*[\"']([^\"'\\s]+)[\"']"
                            + "|@import\\s+(?:url\\()?[\"']?([^\"')\\s]+)"
                            + "|\\burl\\([\"']?([^\"')]+)");

    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script(?![^>]*\\bsrc=)");
    private static final Pattern INLINE_STYLE = Pattern.compile("<style\\b|\\sstyle\\s*=");
    private static final Pattern INLINE_HANDLER = Pattern.compile("\\son[a-z]+\\s*=\\s*[\"'$]");
    private static final Pattern SCRIPT_URL = Pattern.compile("javascript:");
    private static final Pattern TEXT_AS_CODE_OR_MARKUP =
            Pattern.compile(
                    "\\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval|new"
                            + " Function|unsafe(?:HTML|SVG|MathML|Static))\\b");
    private static final Pattern ELSEWHERE = Pattern.compile("[\"'(](?:https?:)?//[a-z0-9]");

    @Test
    void everyFileThatThePageLoadsIsThere() {
        var missing = new TreeMap<String, SortedSet<String>>();
        loaded().forEach((file, references) ->
                references.stream()
                        .filter(reference -> contentOf(reference).isEmpty())
                        .forEach(reference ->
                                missing.computeIfAbsent(file, f -> new TreeSet<>())
                                        .add(reference)));
        assertThat(missing).isEmpty();
    }

    @Test
    void thePageLoadsItsOwnModulesAndALibrary() {
        assertThat(loaded())
                .containsKeys("/ui/main.js", "/ui/style.css", "/ui/views/apps.js")
                .anySatisfy((file, references) -> assertThat(file).startsWith(WEBJARS));
    }

    @Test
    void noFileIsLeftThatThePageDoesNotLoad() {
        assertThat(ownFiles()).isNotEmpty().isSubsetOf(loaded().keySet());
    }

    /// One place to change when a library's version does.
    @Test
    void onlyLitJsNamesALibrary() {
        var naming = new TreeSet<String>();
        loaded().forEach((file, references) -> {
            if (!file.startsWith(WEBJARS)
                    && references.stream().anyMatch(r -> r.startsWith(WEBJARS))) {
                naming.add(file);
            }
        });
        assertThat(naming).containsExactly("/ui/lit.js");
    }

    @Test
    void nothingIsInlineThatThePolicyForbids() {
        assertThat(own())
                .allSatisfy((file, text) ->
                        assertThat(text)
                                .doesNotContainPattern(INLINE_SCRIPT)
                                .doesNotContainPattern(INLINE_STYLE)
                                .doesNotContainPattern(INLINE_HANDLER)
                                .doesNotContainPattern(SCRIPT_URL));
    }

    @Test
    void whatTheClusterSaysIsNeverMarkup() {
        assertThat(own())
                .allSatisfy((file, text) ->
                        assertThat(text).doesNotContainPattern(TEXT_AS_CODE_OR_MARKUP));
    }

    @Test
    void nothingComesFromAnotherHost() {
        assertThat(own())
                .allSatisfy((file, text) ->
                        assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                                .doesNotContainPattern(ELSEWHERE));
    }

    /// Each file that is loaded, with the paths that it refers to. A bare name (`preact`) resolves
    /// beside the file that imports it, and so counts as missing: only an import map, which the
    /// policy forbids, could give it a meaning.
    private static SortedMap<String, SortedSet<String>> loaded() {
        var files = new TreeMap<String, SortedSet<String>>();
        var open = new ArrayDeque<>(List.of(INDEX.getPath()));
        while (!open.isEmpty()) {
            var file = open.pop();
            var text = contentOf(file);
            if (text.isPresent() && !files.containsKey(file)) {
                var references = references(file, text.get());
                files.put(file, references);
                open.addAll(references);
            }
        }
        return files;
    }

    private static SortedSet<String> references(String file, String text) {
        var plain = COMMENT.matcher(text).replaceAll("");
        var references = new TreeSet<String>();
        Stream.concat(
                        LINKED.matcher(file.endsWith(".html") ? plain : "").results(),
                        IMPORTED.matcher(file.endsWith(".html") ? "" : plain).results())
                .flatMap(match ->
                        Stream.iterate(1, g -> g <= match.groupCount(), g -> g + 1)
                                .map(match::group))
                .filter(reference -> reference != null)
                .forEach(r -> references.add(URI.create(file).resolve(r).getPath()));
        return references;
    }

    private static Map<String, String> own() {
        var files = new TreeMap<String, String>();
        ownFiles().forEach(file -> files.put(file, contentOf(file).orElseThrow()));
        return files;
    }

    /// From the sources: among the built files may be some whose source is gone.
    private static List<String> ownFiles() {
        var root = Path.of("src/main/resources/ui");
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> "/ui/" + root.relativize(file).toString().replace('\\', '/'))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the gateway finds what it serves at a path.
    private static Optional<String> contentOf(String path) {
        var name =
                path.startsWith(WEBJARS)
                        ? "META-INF/resources/webjars/" + path.substring(WEBJARS.length())
                        : path.substring(1);
        return path.startsWith("/ui/") ? resource(name).map(PageTest::read) : Optional.empty();
    }

    private static Optional<URL> resource(String name) {
        return Optional.ofNullable(PageTest.class.getClassLoader().getResource(name));
    }

    private static String read(URL url) {
        try (InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
