package io.ekiden.agent.runtime.docker;

import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.log.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file of a sandbox into which messages are copied, each once, although they may be told again
/// and again. From a certain size on it is renamed to the same name with `.1`, in the place of the
/// one before, and a new one begun.
///
/// How far it is, is noted now and then; after a crash the file itself tells what came after the
/// note. The task can write to its sandbox too. What it puts in the place of the file is never
/// followed elsewhere; its own output is then lost.
final class OutputFile {
    private static final Logger LOG = LoggerFactory.getLogger(OutputFile.class);

    /// Of what was copied since, a message that the engine does not have any more can be taken for
    /// one that was copied.
    private static final long NOTED_EACH_BYTES = 1 << 20;

    private static final Note NOTHING = new Note(Instant.EPOCH, 0, 0, Optional.empty());

    private final Path file;
    private final Path noted;
    private final long maxBytes;
    private Optional<OutputStream> target = Optional.empty();
    private Note note = NOTHING;
    private Instant upTo = Instant.EPOCH;
    private long atUpTo;
    private long size;
    private long skip;
    private long repeated;
    private boolean loaded;
    private boolean toldAgain = true;
    private boolean closed;

    /// @param upTo time of the last message that is in the file
    /// @param atUpTo bytes of the messages of that time: parts of a line have the same
    /// @param size of the file then
    /// @param leaving what identifies the file that is about to be renamed; the size is that of its
    ///   successor
    record Note(Instant upTo, long atUpTo, long size, Optional<String> leaving) {}

    /// @param noted where it is noted how far the file is
    OutputFile(Path file, Path noted, long maxBytes) {
        this.file = file;
        this.noted = noted;
        this.maxBytes = maxBytes;
    }

    /// Makes the file, so that it is there before anything is written.
    static void prepare(Path file) throws IOException {
        open(file).close();
    }

    /// The messages are told again, perhaps from the beginning.
    ///
    /// @return of when the first one must be
    synchronized Instant again() {
        load();
        toldAgain = true;
        repeated = atUpTo;
        return upTo;
    }

    private void load() {
        if (!loaded) {
            loaded = true;
            note = read();
            upTo = note.upTo();
            atUpTo = note.atUpTo();
            size = note.size();
        }
    }

    /// @param at when it was said
    synchronized void take(Instant at, byte[] message) {
        load();
        if (closed || (toldAgain && at.isBefore(upTo))) {
            return;
        }
        int known = 0;
        if (toldAgain && at.equals(upTo)) {
            known = (int) Math.min(repeated, message.length);
            repeated -= known;
        } else {
            // From here on they are new ones, even when the machine's clock is put back.
            toldAgain = false;
        }
        if (known < message.length) {
            add(at, message, known);
        }
    }

    private void add(Instant at, byte[] message, int from) {
        try {
            if (target.isEmpty()) {
                target = Optional.of(begin());
            }
            int length = message.length - from;
            int there = (int) Math.min(skip, length);
            skip -= there;
            target.get().write(message, from + there, length - there);
            size += length;
            atUpTo = at.equals(upTo) ? atUpTo + length : length;
            upTo = at;
            if (size >= maxBytes) {
                rotate();
            } else if (size - note.size() >= NOTED_EACH_BYTES) {
                note(size, Optional.empty());
            }
        } catch (IOException e) {
            LOG.warn("file={} output is lost from here on why={}", file, e.toString());
            close();
        }
    }

    private OutputStream begin() throws IOException {
        if (note.leaving().isPresent() && note.leaving().equals(identity())) {
            leave();
        }
        var opened = open(file);
        skip = Math.max(0, Files.size(file) - size);
        return opened;
    }

    private void rotate() throws IOException {
        note(0, identity());
        target.orElseThrow().close();
        target = Optional.empty();
        leave();
        size = 0;
        target = Optional.of(begin());
    }

    private void leave() throws IOException {
        Files.move(
                file,
                file.resolveSibling(file.getFileName() + ".1"),
                StandardCopyOption.ATOMIC_MOVE);
    }

    private Optional<String> identity() throws IOException {
        try {
            return Optional.of(String.valueOf(attributes(file).fileKey()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void note(long bytes, Optional<String> leaving) throws IOException {
        var now = new Note(upTo, atUpTo, bytes, leaving);
        WorkDir.writeAtomically(noted, Codec.encode(Note.class, now));
        note = now;
    }

    private Note read() {
        try {
            return Codec.decode(Note.class, Files.readAllBytes(noted));
        } catch (NoSuchFileException e) {
            return NOTHING;
        } catch (Codec.Unreadable | IOException e) {
            LOG.warn("file={} is taken as it is why={}", file, e.toString());
            return NOTHING;
        }
    }

    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (target.isPresent()) {
                target.get().close();
                note(size, Optional.empty());
            }
        } catch (IOException e) {
            LOG.warn("file={} could not be closed why={}", file, e.toString());
        }
    }

    private static OutputStream open(Path file) throws IOException {
        // Anything but a plain file may block whoever opens it.
        try {
            if (!attributes(file).isRegularFile()) {
                throw new IOException(file + " is no plain file any more");
            }
        } catch (NoSuchFileException e) {
            // It is made below.
        }
        return Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
