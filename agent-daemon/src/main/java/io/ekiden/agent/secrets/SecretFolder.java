package io.ekiden.agent.secrets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where an agent keeps values: in the machine's memory, unless the engine that mounts them into
/// containers would not find them there.
public final class SecretFolder {
    private static final Logger LOG = LoggerFactory.getLogger(SecretFolder.class);
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Path IN_A_CONTAINER = Path.of("/.dockerenv");

    /// Others may go through it, and list nothing: tasks find their files by their whole names.
    private static final String TRAVERSABLE = "rwx--x--x";

    private SecretFolder() {}

    /// @param wanted by the operator; below it, each agent has a folder of its own
    /// @param workDir the agent's; keeps the values on disk where there is no better place
    /// @param runsNative whether the agent runs native tasks, and so is not in a container of its
    ///   own
    public static Path choose(Optional<Path> wanted, Path workDir, boolean runsNative)
            throws IOException {
        var own = "ekiden-" + UUID.nameUUIDFromBytes(bytes(workDir.toRealPath()));
        if (wanted.isPresent()) {
            return make(Files.createDirectories(wanted.get()).toRealPath().resolve(own));
        }
        boolean memory = runsNative || !Files.exists(IN_A_CONTAINER);
        if (memory && inMemory(MEMORY) && Files.isWritable(MEMORY)) {
            try {
                return make(MEMORY.resolve(own));
            } catch (IOException e) {
                LOG.warn("folder={} secrets=not-in-memory why={}", MEMORY, e.toString());
            }
        }
        return make(workDir.toRealPath().resolve("secrets"));
    }

    private static byte[] bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Whether what is written there comes to no disk.
    public static boolean inMemory(Path folder) {
        try {
            return Files.getFileStore(folder).type().equals("tmpfs");
        } catch (IOException e) {
            return false;
        }
    }

    /// Where everybody may make folders, one that is there may be somebody else's.
    private static Path make(Path folder) throws IOException {
        var rights = PosixFilePermissions.fromString(TRAVERSABLE);
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(rights));
        } catch (FileAlreadyExistsException e) {
            var probe = Files.createTempFile("ekiden", null);
            boolean mine =
                    Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                            && Files.getOwner(folder).equals(Files.getOwner(probe));
            Files.delete(probe);
            if (!mine) {
                throw new IOException(folder + " is somebody else's", e);
            }
        }
        Files.setPosixFilePermissions(folder, rights);
        return folder;
    }
}
