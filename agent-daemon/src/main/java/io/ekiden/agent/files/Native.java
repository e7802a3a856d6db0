package io.ekiden.agent.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// `openat(2)` with `O_PATH`, which the JDK does not offer: a descriptor that says *which* file it
/// is and opens nothing. So a FIFO blocks nobody, a device is not touched, and what is then looked
/// at and read is one and the same file whatever the task does to the name meanwhile.
final class Native {
    private static final int AT_FDCWD = -100;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;

    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;
    private static final int ENAMETOOLONG = 36;
    private static final int ELOOP = 40;

    private static final Optional<Flags> FLAGS = flags();

    private Native() {}

    /// They differ between machines.
    private record Flags(int directory, int noFollow) {}

    private static Optional<Flags> flags() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        return switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "riscv64" -> Optional.of(new Flags(0x10000, 0x20000));
            case "aarch64" -> Optional.of(new Flags(0x4000, 0x8000));
            default -> Optional.empty();
        };
    }

    static boolean isSupported() {
        return FLAGS.isPresent();
    }

    /// A folder by its path. Its last segment is not followed; those before it are the agent's own.
    static OptionalInt folder(String path) throws IOException {
        return open(AT_FDCWD, path, flags(true));
    }

    /// Empty when there is no such file or it may not be looked at.
    static OptionalInt child(int folder, String name, boolean mustBeFolder) throws IOException {
        return open(folder, name, flags(mustBeFolder));
    }

    private static int flags(boolean mustBeFolder) {
        var flags = FLAGS.orElseThrow();
        return O_PATH | O_CLOEXEC | flags.noFollow() | (mustBeFolder ? flags.directory() : 0);
    }

    private static OptionalInt open(int folder, String name, int flags) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Calls.STATE);
            int descriptor = Calls.openat(state, folder, arena.allocateFrom(name), flags);
            if (descriptor >= 0) {
                return OptionalInt.of(descriptor);
            }
            int errno = (int) Calls.ERRNO.get(state, 0L);
            return switch (errno) {
                case ENOENT, EACCES, ENOTDIR, ENAMETOOLONG, ELOOP -> OptionalInt.empty();
                default -> throw new IOException("openat failed with errno " + errno);
            };
        }
    }

    static void close(int descriptor) {
        Calls.close(descriptor);
    }

    /// Linked at their first use.
    private static final class Calls {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO =
                STATE.varHandle(StructLayout.PathElement.groupElement("errno"));
        private static final MethodHandle OPENAT = openat();
        private static final MethodHandle CLOSE = close();

        @SuppressWarnings("restricted")
        private static MethodHandle openat() {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("openat"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(3),
                    Linker.Option.captureCallState("errno"));
        }

        @SuppressWarnings("restricted")
        private static MethodHandle close() {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("close"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        }

        static int openat(MemorySegment state, int folder, MemorySegment name, int flags) {
            try {
                return (int) OPENAT.invokeExact(state, folder, name, flags);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        static void close(int descriptor) {
            try {
                int _ = (int) CLOSE.invokeExact(descriptor);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
