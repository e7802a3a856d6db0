package io.ekiden.simulator.mutants;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A planted bug.
///
/// @param name of its file, without the extension
/// @param says in one sentence what the changed code does
/// @param like the failure of the past, or the class of bug, that it plants again
/// @param file from the root of the checkout
/// @param find text that stands exactly once in the file; all white space counts as one blank
/// @param put what stands there instead
public record Mutant(String name, String says, String like, String file, String find, String put) {
    private static final String FIND = "--- find";
    private static final String PUT = "--- put";

    /// Reads a mutant's file: `says`, `like` and `file` lines, then the two texts.
    static Mutant parse(String name, String text) {
        int find = text.indexOf(FIND + "\n");
        int put = text.indexOf(PUT + "\n");
        if (find < 0 || put < find) {
            throw new MutantRotten(name, "it has no '%s' and '%s' after it".formatted(FIND, PUT));
        }
        var head = text.substring(0, find);
        return new Mutant(
                name,
                field(name, head, "says"),
                field(name, head, "like"),
                field(name, head, "file"),
                text.substring(find + FIND.length(), put).strip(),
                text.substring(put + PUT.length()).strip());
    }

    private static String field(String name, String head, String field) {
        return head.lines()
                .filter(line -> line.startsWith(field + ": "))
                .map(line -> line.substring(field.length() + 2).strip())
                .findFirst()
                .orElseThrow(() -> new MutantRotten(name, "it has no '%s'".formatted(field)));
    }

    /// The source with the bug in it.
    String plantIn(String source) {
        var matcher = pattern().matcher(source);
        if (!matcher.find()) {
            throw new MutantRotten(name, "its text is not in " + file);
        }
        int start = matcher.start();
        int end = matcher.end();
        if (matcher.find()) {
            throw new MutantRotten(name, "its text is more than once in " + file);
        }
        return source.substring(0, start) + put + source.substring(end);
    }

    /// White space is left to the formatter.
    private Pattern pattern() {
        return Pattern.compile(
                Arrays.stream(find.split("\\s+", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("\\s+")));
    }

    /// The mutated file's class: what a Java file is named after.
    String fileName() {
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
