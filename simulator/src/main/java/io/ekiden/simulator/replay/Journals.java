package io.ekiden.simulator.replay;

import io.ekiden.log.Codec;
import io.ekiden.log.JournalEntry;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Journals in a stream of bytes: of each, how many entries it has, then each entry as the product
/// writes it, its length before it.
final class Journals {
    private Journals() {}

    static void write(DataOutputStream out, List<JournalEntry> journal) throws IOException {
        out.writeInt(journal.size());
        for (var entry : journal) {
            var bytes = Codec.encode(JournalEntry.class, entry);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    /// Empty at the end of the stream.
    static Optional<List<JournalEntry>> read(DataInputStream in)
            throws IOException, Codec.Unreadable {
        int entries;
        try {
            entries = in.readInt();
        } catch (EOFException e) {
            return Optional.empty();
        }
        var journal = new ArrayList<JournalEntry>();
        for (int i = 0; i < entries; i++) {
            journal.add(Codec.decode(JournalEntry.class, in.readNBytes(in.readInt())));
        }
        return Optional.of(journal);
    }
}
