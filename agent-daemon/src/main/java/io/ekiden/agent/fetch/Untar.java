package io.ekiden.agent.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Unpacks one tar archive: files, folders and links, nothing else.
final class Untar {
    /// What stands before an entry: long names and extended headers are kept in memory.
    private static final long MAX_HEADER = 1 << 20;

    private final Tree tree;
    private final Budget budget;

    Untar(Tree tree, Budget budget) {
        this.tree = tree;
        this.budget = budget;
    }

    void run(InputStream plain) throws IOException {
        var metered = new Metered(plain);
        try (var tar = new TarArchiveInputStream(metered)) {
            metered.allow(MAX_HEADER);
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                budget.entry();
                metered.allow(entry.getSize() + MAX_HEADER);
                take(entry, tar);
                metered.allow(MAX_HEADER);
            }
        }
    }

    private void take(TarArchiveEntry entry, InputStream content) throws IOException {
        var name = entry.getName();
        if (entry.isSymbolicLink()) {
            tree.link(name, entry.getLinkName());
        } else if (entry.isLink()) {
            tree.hardLink(name, entry.getLinkName());
        } else if (entry.isDirectory()) {
            tree.folder(name, entry.getMode());
        } else if (entry.isFile() && !entry.isSparse() && !special(entry)) {
            var file = tree.file(name);
            try (var output = Tree.create(file)) {
                budget.copy(content, output);
            }
            Tree.permitFile(file, entry.getMode());
        } else {
            throw new Unfetchable(
                    "'%s' is neither a file nor a folder nor a link".formatted(Tree.shown(name)));
        }
    }

    private static boolean special(TarArchiveEntry entry) {
        return entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO();
    }

    /// Reads no further than was allowed.
    private static final class Metered extends FilterInputStream {
        private long left;

        Metered(InputStream in) {
            super(in);
        }

        void allow(long bytes) {
            left = bytes;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new Unfetchable("the header of an entry is too large");
            }
            int read = in.read(bytes, offset, (int) Math.min(left, length));
            left -= Math.max(0, read);
            return read;
        }

        /// By reading: what is skipped was not asked for.
        @Override
        public long skip(long bytes) throws IOException {
            var piece = new byte[(int) Math.min(bytes, 8192)];
            return bytes <= 0 ? 0 : Math.max(0, read(piece, 0, piece.length));
        }
    }
}
