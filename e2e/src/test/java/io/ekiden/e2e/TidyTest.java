package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Keeps the source tree tidy: files stay short, nothing is left for later, only the command line
/// prints, and links between documents lead somewhere.
final class TidyTest {
    private static final int MAX_LINES = 500;

    private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git", ".ekiden");
    private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
    private static final Pattern PRINTS = Pattern.compile("\\bSystem\\.(out|err)\\b");
    private static final Pattern LINK = Pattern.compile("]\\(<?([^)\\s>]+)");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`[^`\n]*`");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z][a-z0-9+.-]*:.*|#.*|/.*");

    private static final Path ROOT = root();
    private static final List<Path> FILES = files();

    @Test
    void javaFilesAreShort() {
        assertThat(java())
                .isNotEmpty()
                .allSatisfy(
                        f -> assertThat(read(f).lines().count()).isLessThanOrEqualTo(MAX_LINES));
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(mainJava().filter(f -> LEFT_FOR_LATER.matcher(read(f)).find())).isEmpty();
    }

    @Test
    void onlyTheCommandLinePrints() {
        assertThat(mainJava().filter(f -> !isCommandLine(f) && PRINTS.matcher(read(f)).find()))
                .isEmpty();
    }

    @Test
    void relativeLinksLeadSomewhere() {
        assertThat(
                        FILES.stream()
                                .filter(f -> f.toString().endsWith(".md"))
                                .flatMap(TidyTest::deadLinks))
                .isEmpty();
    }

    private static Stream<String> deadLinks(Path document) {
        return LINK.matcher(CODE.matcher(read(document)).replaceAll(""))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !ELSEWHERE.matcher(link).matches())
                .map(link -> link.replaceFirst("[#?].*", ""))
                .filter(link -> !Files.exists(document.resolveSibling(link)))
                .map(link -> ROOT.relativize(document) + " -> " + link);
    }

    private static boolean isCommandLine(Path file) {
        var path = file.toString();
        return path.contains("/cli/")
                || path.contains("/standalone/src/main/")
                || path.endsWith("Main.java");
    }

    private static Stream<Path> java() {
        return FILES.stream().filter(f -> f.toString().endsWith(".java"));
    }

    private static Stream<Path> mainJava() {
        return java().filter(f -> f.toString().contains("/src/main/"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("LICENSE"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static List<Path> files() {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(
                    ROOT,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
                            return SKIPPED.contains(dir.getFileName().toString())
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                            found.add(file);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
