package io.ekiden.agent.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// The kinds of archives that are unpacked (those of Mesos' fetcher), told by a file's name.
enum Archive {
    TAR("tar"),
    TAR_GZ("tar\\.gz|tgz"),
    TAR_BZ2("tar\\.bz2|tbz2"),
    TAR_XZ("tar\\.xz|txz"),
    ZIP("zip"),
    GZ("gz");

    /// More than any xz archive of the usual presets takes.
    private static final int XZ_MEMORY_KIB = 128 << 10;

    private final Pattern names;

    Archive(String endings) {
        this.names = Pattern.compile(".*\\.(" + endings + ")", Pattern.DOTALL);
    }

    static Optional<Archive> of(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(archive -> archive.names.matcher(name).matches())
                .findFirst();
    }

    /// Unpacks into the tree; what is no more than one compressed file, beside it.
    ///
    /// @param name the file's in the tree
    void unpack(Path file, String name, Tree tree, Limits limits) throws IOException {
        var budget = new Budget(limits.unpacked(Files.size(file)), limits.entries());
        if (this == ZIP) {
            new Unzip(tree, budget).run(file);
        } else {
            unpackStream(file, name, tree, budget);
        }
        tree.makeLinks();
    }

    private void unpackStream(Path file, String name, Tree tree, Budget budget) throws IOException {
        try (var packed = new BufferedInputStream(Files.newInputStream(file));
                var plain = decompressed(packed)) {
            if (this == GZ) {
                var inside = tree.file(name.substring(0, name.length() - ".gz".length()));
                try (var output = Tree.create(inside)) {
                    budget.copy(plain, output);
                }
            } else {
                new Untar(tree, budget).run(plain);
            }
        }
    }

    private InputStream decompressed(InputStream packed) throws IOException {
        return switch (this) {
            case TAR, ZIP -> packed;
            case TAR_GZ, GZ -> new GZIPInputStream(packed);
            case TAR_BZ2 -> new BZip2CompressorInputStream(packed, true);
            case TAR_XZ -> new XZInputStream(packed, XZ_MEMORY_KIB);
        };
    }
}
