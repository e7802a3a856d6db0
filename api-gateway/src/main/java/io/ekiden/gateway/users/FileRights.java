package io.ekiden.gateway.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/// Who may do what with a file, where the file system knows.
final class FileRights {
    private FileRights() {}

    static boolean everybodyMayWrite(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE);
    }
}
