package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Values that nobody may find anywhere, in no form.
final class Canaries {
    private final SortedSet<String> forms = new TreeSet<>();

    Canaries(Collection<String> values) {
        values.forEach(this::add);
    }

    void add(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        forms.add(value);
        forms.add(HexFormat.of().formatHex(bytes));
        // What is before it shifts Base64, and what is behind it changes its end.
        for (int shift = 0; shift < 3; shift++) {
            var shifted = new byte[shift + bytes.length];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            var text = Base64.getEncoder().encodeToString(shifted);
            forms.add(text.substring(4, text.length() - 4));
        }
    }

    void assertNotIn(String text) {
        assertThat(forms.stream().filter(text::contains).toList()).isEmpty();
    }

    /// Links are not followed.
    void assertNotBelow(Path directory) throws IOException {
        var found = new ArrayList<String>();
        for (var file : files(directory)) {
            var text = read(file);
            forms.stream().filter(text::contains).forEach(form -> found.add(file + ": " + form));
        }
        assertThat(found).isEmpty();
    }

    static List<Path> files(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /// Its bytes as characters; none of a file that was there for a moment only.
    static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
