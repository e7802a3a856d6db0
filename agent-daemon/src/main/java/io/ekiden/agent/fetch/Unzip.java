package io.ekiden.agent.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// Unpacks one zip archive: files, folders and symbolic links, with the permissions that Unix keeps
/// in it.
final class Unzip {
    private static final int MAX_TARGET = 4096;
    private static final int DEFAULT_FILE = 0644;
    private static final int DEFAULT_FOLDER = 0755;

    /// An archive's catalogue is read into memory whole.
    private static final long MAX_CATALOGUE = 8L << 20;

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int END_OFFSET_FIELD = 16;
    private static final int MAX_COMMENT = 0xffff;
    private static final int ZIP64_SIGNATURE = 0x07064b50;
    private static final int ZIP64_LENGTH = 20;

    private final Tree tree;
    private final Budget budget;

    Unzip(Tree tree, Budget budget) {
        this.tree = tree;
        this.budget = budget;
    }

    void run(Path archive) throws IOException {
        checkCatalogue(archive);
        try (var zip = ZipFile.builder().setPath(archive).get()) {
            for (var entry : Collections.list(zip.getEntries())) {
                budget.entry();
                take(zip, entry);
            }
        }
    }

    private void take(ZipFile zip, ZipArchiveEntry entry) throws IOException {
        var name = entry.getName();
        int mode = entry.getUnixMode();
        if (entry.isDirectory()) {
            tree.folder(name, mode == 0 ? DEFAULT_FOLDER : mode);
            return;
        }
        if (!zip.canReadEntryData(entry)) {
            throw new Unfetchable(
                    "'%s' is encrypted or compressed in an unknown way"
                            .formatted(Tree.shown(name)));
        }
        try (var content = zip.getInputStream(entry)) {
            if (entry.isUnixSymlink()) {
                var target = new String(content.readNBytes(MAX_TARGET), StandardCharsets.UTF_8);
                tree.link(name, target);
                return;
            }
            var file = tree.file(name);
            try (var output = Tree.create(file)) {
                budget.copy(content, output);
            }
            Tree.permitFile(file, mode == 0 ? DEFAULT_FILE : mode);
        }
    }

    /// What follows the offset that the end of the archive names is all that is read of it.
    private static void checkCatalogue(Path archive) throws IOException {
        try (var channel = FileChannel.open(archive)) {
            long size = channel.size();
            int length = (int) Math.min(size, END_LENGTH + MAX_COMMENT + ZIP64_LENGTH);
            var tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            while (tail.hasRemaining() && channel.read(tail, size - tail.remaining()) >= 0) {
                // Until it is full.
            }
            int end = endRecord(tail);
            boolean large =
                    end >= ZIP64_LENGTH && tail.getInt(end - ZIP64_LENGTH) == ZIP64_SIGNATURE;
            long offset = Integer.toUnsignedLong(tail.getInt(end + END_OFFSET_FIELD));
            if (large || size - offset > MAX_CATALOGUE) {
                throw new Unfetchable("it has too many entries");
            }
        }
    }

    private static int endRecord(ByteBuffer tail) throws Unfetchable {
        for (int at = tail.capacity() - END_LENGTH; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE) {
                return at;
            }
        }
        throw new Unfetchable("it is not a zip archive");
    }
}
