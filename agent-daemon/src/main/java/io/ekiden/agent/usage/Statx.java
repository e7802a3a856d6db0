package io.ekiden.agent.usage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// `statx(2)`: how much of the disk a file takes, which the JDK does not tell. The length of a file
/// is something else: a sparse one takes less.
final class Statx {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;

    /// Type, number of links, inode, size and blocks.
    private static final int WANTED = 0x1 | 0x4 | 0x100 | 0x200 | 0x400;

    private static final long SIZE = 256;
    private static final long NLINK = 16;
    private static final long MODE = 28;
    private static final long INODE = 32;
    private static final long BLOCKS = 48;
    private static final long DEVICE_MAJOR = 136;
    private static final long DEVICE_MINOR = 140;

    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int BLOCK_BYTES = 512;

    private static final Optional<MethodHandle> STATX = statx();

    private Statx() {}

    /// What a file is.
    ///
    /// @param device that it is on
    /// @param bytes that it takes there
    record Found(long device, long inode, int links, boolean folder, long bytes) {}

    /// Whether this machine has it: Linux does.
    static boolean isSupported() {
        return STATX.isPresent();
    }

    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> statx() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("statx")
                .map(function ->
                        linker.downcallHandle(
                                function,
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS)));
    }

    /// Of the file itself, also if it is a link; empty when there is none, or it may not be looked
    /// at.
    static Optional<Found> of(Path path) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes(path));
            var found = arena.allocate(SIZE, Long.BYTES);
            int status =
                    (int)
                            STATX.orElseThrow()
                                    .invokeExact(
                                            AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, WANTED, found);
            return status == 0 ? Optional.of(read(found)) : Optional.empty();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Found read(MemorySegment found) {
        long major = found.get(ValueLayout.JAVA_INT, DEVICE_MAJOR);
        int minor = found.get(ValueLayout.JAVA_INT, DEVICE_MINOR);
        int mode = found.get(ValueLayout.JAVA_SHORT, MODE);
        return new Found(
                major << 32 | minor,
                found.get(ValueLayout.JAVA_LONG, INODE),
                found.get(ValueLayout.JAVA_INT, NLINK),
                (mode & TYPE) == FOLDER,
                found.get(ValueLayout.JAVA_LONG, BLOCKS) * BLOCK_BYTES);
    }

    /// Names are bytes. A JVM in the C locale cannot decode them all, but writes them in a URI.
    private static byte[] bytes(Path path) throws IOException {
        var text = path.toString();
        var bytes = new ByteArrayOutputStream(text.length() + 1);
        if (text.chars().allMatch(c -> c < 128)) {
            bytes.write(text.getBytes(StandardCharsets.US_ASCII));
        } else {
            var escaped = path.toUri().getRawPath();
            int end = escaped.endsWith("/") ? escaped.length() - 1 : escaped.length();
            for (int i = 0; i < end; i++) {
                if (escaped.charAt(i) == '%') {
                    bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                    i += 2;
                } else {
                    bytes.write(escaped.charAt(i));
                }
            }
        }
        bytes.write(0);
        return bytes.toByteArray();
    }
}
