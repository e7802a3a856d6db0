package io.ekiden.agent.runtime.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// As whom an image's program runs. A name means what the image's own `/etc/passwd` and
/// `/etc/group` say, not the machine's.
///
/// @param groups those that he is in besides his own
record ImageUser(int uid, int gid, List<Integer> groups) {
    private static final String NUMBER = "[0-9]{1,9}";
    private static final int MAX_FILE = 1 << 20;

    ImageUser {
        groups = List.copyOf(groups);
    }

    /// @param user `name`, `uid`, each also with `:group`; root when empty
    /// @return empty when the image does not know him
    static Optional<ImageUser> of(Path rootfs, String user) {
        var parts = (user.isEmpty() ? "0" : user).split(":", 2);
        var passwd = lines(rootfs, "etc/passwd");
        var groups = lines(rootfs, "etc/group");
        var entry = passwd.stream().filter(fields -> names(fields, parts[0])).findFirst();
        var uid = number(entry, 2).or(() -> number(parts[0]));
        var gid =
                parts.length > 1
                        ? number(groups.stream().filter(f -> names(f, parts[1])).findFirst(), 2)
                                .or(() -> number(parts[1]))
                        : number(entry, 3).or(() -> Optional.of(0));
        return uid.flatMap(
                u -> gid.map(g -> new ImageUser(u, g, further(groups, entry, parts.length > 1))));
    }

    private static boolean names(String[] fields, String nameOrNumber) {
        return fields.length > 2
                && (fields[0].equals(nameOrNumber) || fields[2].equals(nameOrNumber));
    }

    /// Who names his group has no other.
    private static List<Integer> further(
            List<String[]> groups, Optional<String[]> entry, boolean named) {
        return named || entry.isEmpty()
                ? List.of()
                : groups.stream()
                        .filter(fields -> fields.length > 3)
                        .filter(fields ->
                                Arrays.asList(fields[3].split(",", -1)).contains(entry.get()[0]))
                        .flatMap(fields -> number(fields[2]).stream())
                        .toList();
    }

    private static Optional<Integer> number(Optional<String[]> fields, int place) {
        return fields.filter(f -> f.length > place).flatMap(f -> number(f[place]));
    }

    private static Optional<Integer> number(String text) {
        return text.matches(NUMBER) ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /// Fields of a file's lines; none of one that leads out of the image.
    private static List<String[]> lines(Path rootfs, String file) {
        try {
            var real = rootfs.resolve(file).toRealPath();
            if (!real.startsWith(rootfs.toRealPath()) || Files.size(real) > MAX_FILE) {
                return List.of();
            }
            try (Stream<String> lines = Files.lines(real)) {
                return lines.map(line -> line.split(":", -1)).toList();
            }
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
