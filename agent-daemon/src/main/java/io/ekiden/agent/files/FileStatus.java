package io.ekiden.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/// What `stat` says about a file.
///
/// @param identity the same for the same file, whatever its name
/// @param mode type and permissions as `stat` has them
/// @param mtime seconds since 1970
/// @param owner and `group` by their names where they have some
record FileStatus(
        Object identity, int mode, long size, long mtime, int nlink, String owner, String group) {
    private static final int TYPE = 0170000;
    private static final String ATTRIBUTES =
            "unix:fileKey,mode,size,lastModifiedTime,nlink,owner,group";

    /// What a file is.
    enum Kind {
        FILE('-'),
        FOLDER('d'),
        LINK('l'),
        /// A FIFO, socket or device.
        OTHER('?');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    static FileStatus of(Path path, LinkOption... options) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, ATTRIBUTES, options);
        return new FileStatus(
                all.get("fileKey"),
                (Integer) all.get("mode"),
                (Long) all.get("size"),
                ((FileTime) all.get("lastModifiedTime")).toMillis() / 1000,
                (Integer) all.get("nlink"),
                all.get("owner").toString(),
                all.get("group").toString());
    }

    Kind kind() {
        return switch (mode & TYPE) {
            case 0100000 -> Kind.FILE;
            case 0040000 -> Kind.FOLDER;
            case 0120000 -> Kind.LINK;
            default -> Kind.OTHER;
        };
    }

    /// As `ls -l` writes it: `-rw-r--r--`.
    String modeText() {
        var text = new StringBuilder().append(typeLetter());
        for (int shift = 6; shift >= 0; shift -= 3) {
            int bits = mode >> shift;
            text.append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-');
            text.append(execute((bits & 1) != 0, shift));
        }
        return text.toString();
    }

    private char typeLetter() {
        return switch (mode & TYPE) {
            case 0010000 -> 'p';
            case 0020000 -> 'c';
            case 0060000 -> 'b';
            case 0140000 -> 's';
            default -> kind().letter;
        };
    }

    /// With set-user-id, set-group-id or the sticky bit in its place.
    private char execute(boolean allowed, int shift) {
        boolean special = (mode & (01000 << (shift / 3))) != 0;
        if (!special) {
            return allowed ? 'x' : '-';
        }
        char letter = shift == 0 ? 't' : 's';
        return allowed ? letter : Character.toUpperCase(letter);
    }
}
