package io.ekiden.agent.runtime.image;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// How much there is below a folder that others change meanwhile.
final class Sizes extends SimpleFileVisitor<Path> {
    private long bytes;

    private Sizes() {}

    static long of(Path folder) throws IOException {
        var sizes = new Sizes();
        Files.walkFileTree(folder, sizes);
        return sizes.bytes;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        bytes += attributes.size();
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException gone) {
        return FileVisitResult.CONTINUE;
    }
}
