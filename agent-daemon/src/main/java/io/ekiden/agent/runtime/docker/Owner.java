package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.ContainerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// As whom a container's program writes: the user of the app, or else of the image. The sandbox and
/// the volumes are made his, as they are natively. A name means what the image's own `/etc/passwd`
/// says, not the machine's.
public final class Owner {
    private static final String PASSWD = "/etc/passwd";
    private static final int MAX_PASSWD = 1 << 20;

    private Owner() {}

    /// As whom the program runs, by the app or else by the image: the engine is asked while the
    /// container is made.
    static Supplier<Optional<String>> user(Engine engine, Patience patience, Contents contents) {
        var user = contents.user();
        if (user.isPresent()) {
            return () -> user;
        }
        var asked =
                engine.begin(
                        patience.call(),
                        docker ->
                                Optional.ofNullable(
                                                docker.inspectImageCmd(contents.image())
                                                        .exec()
                                                        .getConfig())
                                        .map(ContainerConfig::getUser));
        return () -> asked.get() instanceof Answer.Done(var name) ? name : Optional.empty();
    }

    /// @param user `name`, `uid`, each also with `:group`
    /// @return empty for root, to whom all belongs already, and for one whom the image does not
    ///   know: the engine says so when the container is started
    static Optional<Integer> uid(Engine engine, Patience patience, String id, String user) {
        var name = user.split(":", 2)[0];
        if (name.isEmpty() || name.equals("root") || name.equals("0")) {
            return Optional.empty();
        }
        return name.matches("[0-9]{1,9}")
                ? Optional.of(Integer.valueOf(name))
                : switch (engine.ask(
                        patience.call(),
                        docker -> passwd(docker.copyArchiveFromContainerCmd(id, PASSWD).exec()))) {
                    case Answer.Done(var passwd) -> uid(passwd, name).filter(uid -> uid != 0);
                    case Answer.Refused<String> _, Answer.Silent<String> _ -> Optional.empty();
                };
    }

    /// The engine gives a file as an archive of one.
    private static String passwd(InputStream archive) {
        try (var tar = new TarArchiveInputStream(archive)) {
            return tar.getNextEntry() == null
                    ? ""
                    : new String(tar.readNBytes(MAX_PASSWD), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Optional<Integer> uid(String passwd, String name) {
        return passwd.lines()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[0].equals(name))
                .filter(fields -> fields[2].matches("[0-9]{1,9}"))
                .map(fields -> Integer.valueOf(fields[2]))
                .findFirst();
    }

    /// The folder with all that was brought into it. Nothing of the task runs yet.
    public static void giveAll(int uid, Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            give(uid, all.toArray(Path[]::new));
        }
    }

    public static void give(int uid, Path... paths) throws IOException {
        for (var path : Arrays.asList(paths)) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
