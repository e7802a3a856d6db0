package io.ekiden.agent.fetch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;

/// A folder into which names of unknown origin are written, and nothing outside of it. No name goes
/// through a link, and the folders once there stay; so a link that climbs at its beginning only,
/// and not above the root, leads nowhere else however links lead to one another.
final class Tree {
    private static final int MAX_NAME = 4096;
    private static final int MAX_PART = 255;
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:[\\\\/].*", Pattern.DOTALL);
    private static final int PERMISSIONS = 0777;
    private static final int OWNER_READ = 0400;
    private static final int OWNER_FILE = 0600;
    private static final int OWNER_FOLDER = 0700;

    private final Path root;
    private final List<Link> links = new ArrayList<>();

    private record Link(String name, String target) {}

    Tree(Path root) {
        this.root = root;
    }

    /// The parts of a name; none for the root itself.
    private static List<String> parts(String name) throws Unfetchable {
        if (name.startsWith("/")
                || name.length() > MAX_NAME
                || name.indexOf('\0') >= 0
                || DRIVE.matcher(name).matches()) {
            throw new Unfetchable("the name '%s' is not allowed".formatted(shown(name)));
        }
        var parts = new ArrayList<String>();
        for (var part : name.split("/", -1)) {
            if (part.equals("..") || part.length() > MAX_PART) {
                throw new Unfetchable("the name '%s' is not allowed".formatted(shown(name)));
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return parts;
    }

    static String shown(String name) {
        var shown = name.substring(0, Math.min(100, name.length()));
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    /// Makes the folders above a name.
    private Path place(List<String> parts) throws IOException {
        var place = root;
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                enter(place);
            }
            place = place.resolve(parts.get(i));
        }
        return place;
    }

    private static void enter(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder);
        } else if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new Unfetchable("'%s' is not a folder".formatted(shown(folder.toString())));
        }
    }

    void folder(String name, int mode) throws IOException {
        var parts = parts(name);
        if (!parts.isEmpty()) {
            var folder = place(parts);
            enter(folder);
            permit(folder, mode | OWNER_FOLDER);
        }
    }

    /// Where a file of this name goes. One that is there already, of an earlier artifact, goes.
    Path file(String name) throws IOException {
        var parts = parts(name);
        if (parts.isEmpty()) {
            throw new Unfetchable("the name '%s' is not a file's".formatted(shown(name)));
        }
        var file = place(parts);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Unfetchable("'%s' is a folder already".formatted(shown(name)));
        }
        Files.deleteIfExists(file);
        return file;
    }

    static OutputStream create(Path file) throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /// Without the bits that make a program another user's.
    static void permitFile(Path file, int mode) throws IOException {
        permit(file, mode | OWNER_FILE);
    }

    private static void permit(Path path, int mode) throws IOException {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        var all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            // The constants stand in the order of the bits, the highest first.
            if ((mode & PERMISSIONS & (OWNER_READ >> i)) != 0) {
                permissions.add(all[i]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    /// A symbolic link, for [#makeLinks].
    void link(String name, String target) {
        links.add(new Link(name, target));
    }

    /// To be called when all else is there, so that nothing is written through a link.
    void makeLinks() throws IOException {
        for (var link : links) {
            make(link.name, link.target);
        }
        links.clear();
    }

    /// Where nothing is yet.
    private void make(String name, String target) throws IOException {
        var parts = parts(name);
        var place = place(parts);
        if (parts.isEmpty()
                || Files.exists(place, LinkOption.NOFOLLOW_LINKS)
                || !staysInside(parts.size() - 1, target)) {
            throw new Unfetchable(
                    "the link '%s' to '%s' is not allowed".formatted(shown(name), shown(target)));
        }
        Files.createSymbolicLink(place, Path.of(target));
    }

    private static boolean staysInside(int depth, String target) {
        if (target.isEmpty()
                || target.startsWith("/")
                || target.length() > MAX_NAME
                || target.indexOf('\0') >= 0) {
            return false;
        }
        int climbed = 0;
        boolean climbing = true;
        for (var part : target.split("/", -1)) {
            if (part.equals("..")) {
                climbed++;
                if (!climbing || climbed > depth) {
                    return false;
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                climbing = false;
            }
        }
        return true;
    }

    /// Another name of a file that is there.
    void hardLink(String name, String target) throws IOException {
        var parts = parts(target);
        var existing = place(parts);
        if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
            throw new Unfetchable(
                    "the link '%s' to '%s' is not allowed".formatted(shown(name), shown(target)));
        }
        var file = root.resolve(String.join("/", parts(name)));
        if (!file.equals(existing)) {
            Files.createLink(file(name), existing);
        }
    }
}
