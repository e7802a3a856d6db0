package io.ekiden.gateway.users;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// A file of [TokenLine]s. Empty lines, and those that begin with `#`, are for people.
public final class TokenFile {
    static final int MAX_LINES = 10_000;
    private static final long MAX_BYTES = 16L << 20;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;

    public TokenFile(Path path) {
        this.path = path;
    }

    /// The file cannot be used; the message is for the operator.
    public static final class Unusable extends IOException {
        private static final long serialVersionUID = 1;

        Unusable(String message, Throwable cause) {
            super(message, cause);
        }

        Unusable(String message) {
            super(message);
        }
    }

    public List<TokenLine> read() throws Unusable {
        try {
            if (FileRights.everybodyMayWrite(path)) {
                throw unusable("everybody can write to it; chmod 600 it");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw unusable("it is larger than %d bytes".formatted(MAX_BYTES));
            }
            return parse(Files.readAllLines(path));
        } catch (Unusable e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new Unusable(
                    "token file %s is not there; make it with: ekiden token add NAME --role admin --path / --file %s"
                            .formatted(path, path),
                    e);
        } catch (IOException e) {
            throw new Unusable("token file %s cannot be read: %s".formatted(path, e), e);
        }
    }

    private Unusable unusable(String why) {
        return new Unusable("token file %s is not used: %s".formatted(path, why));
    }

    private List<TokenLine> parse(List<String> text) throws Unusable {
        var lines = new ArrayList<TokenLine>();
        var hashes = new HashSet<String>();
        for (int i = 0; i < text.size(); i++) {
            if (isForPeople(text.get(i))) {
                continue;
            }
            try {
                lines.add(TokenLine.parse(text.get(i)));
            } catch (IllegalArgumentException e) {
                throw unusable("line %d: %s".formatted(i + 1, e.getMessage()));
            }
            if (!hashes.add(lines.getLast().sha256())) {
                throw unusable("line %d: this token is there twice".formatted(i + 1));
            }
        }
        if (lines.size() > MAX_LINES) {
            throw unusable("it has more than %d tokens".formatted(MAX_LINES));
        }
        return List.copyOf(lines);
    }

    private static boolean isForPeople(String line) {
        return line.isBlank() || line.stripLeading().startsWith("#");
    }

    /// Makes the file when there is none; then only its owner can read it.
    public void add(TokenLine line) throws IOException {
        if (Files.exists(path)) {
            read();
        } else {
            Files.createFile(path, attributes());
        }
        var text = endsWithin() ? "\n" + line.json() : line.json();
        Files.writeString(path, text + "\n", StandardOpenOption.APPEND);
    }

    private FileAttribute<?>[] attributes() throws IOException {
        var folder = path.toAbsolutePath().getParent();
        return Files.getFileStore(folder).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {OWNER_ONLY}
                : new FileAttribute<?>[0];
    }

    private boolean endsWithin() throws IOException {
        var text = Files.readString(path);
        return !text.isEmpty() && !text.endsWith("\n");
    }

    /// @return how many lines went
    public int remove(Predicate<TokenLine> gone) throws IOException {
        read();
        var left = new ArrayList<String>();
        int removed = 0;
        for (var line : Files.readAllLines(path)) {
            if (!isForPeople(line) && gone.test(TokenLine.parse(line))) {
                removed++;
            } else {
                left.add(line + "\n");
            }
        }
        var next = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(next);
        Files.createFile(next, attributes());
        Files.writeString(next, String.join("", left), StandardCharsets.UTF_8);
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return removed;
    }
}
