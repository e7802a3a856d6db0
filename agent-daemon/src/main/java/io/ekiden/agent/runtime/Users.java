package io.ekiden.agent.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Running as the user that an app asks for.
final class Users {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\\$?");

    private Users() {}

    /// What is wrong with this user here; empty when nothing is.
    static Optional<String> problem(String user, boolean root) {
        if (!NAME.matcher(user).matches()) {
            return Optional.of("not a user name: '%s'".formatted(user));
        }
        if (Processes.run(List.of("id", "-u", user)).isEmpty()) {
            return Optional.of("no such user: '%s'".formatted(user));
        }
        return root || isMyself(user)
                ? Optional.empty()
                : Optional.of("the agent is not root and cannot run as user '%s'".formatted(user));
    }

    static boolean isMyself(String user) {
        return user.equals(System.getProperty("user.name"));
    }

    /// `command`, a shell and its `-c TEXT`, as it is run by that user.
    static List<String> runAs(String user, String shell, String text) {
        var group = Processes.run(List.of("id", "-g", user)).orElse(user);
        boolean setpriv = Processes.run(List.of("/bin/sh", "-c", "command -v setpriv")).isPresent();
        return setpriv
                ? List.of(
                        "setpriv",
                        "--reuid",
                        user,
                        "--regid",
                        group,
                        "--init-groups",
                        shell,
                        "-c",
                        text)
                : List.of("su", "-s", shell, "-c", text, user);
    }

    static List<String> prefixed(List<String> prefix, List<String> command) {
        return Stream.concat(prefix.stream(), command.stream()).toList();
    }

    static void giveAllTo(String user, Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var path : all.toList()) {
                giveTo(user, path);
            }
        }
    }

    static void giveTo(String user, Path folder) throws IOException {
        var principal =
                folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setOwner(principal);
    }
}
