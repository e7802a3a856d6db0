package io.ekiden.agent.runtime;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The near end of a pseudoterminal (`pty(7)`), which the JDK does not offer. The far end is opened
/// by the command alone: were it opened here, it could become this process's own terminal. Reading
/// and writing wait in `poll(2)`, so they are for platform threads, and never longer than a moment,
/// so that closing does not pull the descriptor away under them.
final class Pty implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TIOCSWINSZ = 0x5414;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int EINTR = 4;
    private static final int EIO = 5;
    private static final int EAGAIN = 11;
    private static final int MOMENT_MS = 50;
    private static final int MAX_PATH = 128;

    private final int descriptor;
    private final String path;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;
    private volatile boolean last;

    private Pty(int descriptor, String path) {
        this.descriptor = descriptor;
        this.path = path;
    }

    static Pty open() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Calls.STATE);
            int descriptor =
                    Calls.ints(
                            Calls.POSIX_OPENPT, state, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
            checked("posix_openpt", descriptor, state);
            try {
                checked("grantpt", Calls.ints(Calls.GRANTPT, state, descriptor), state);
                checked("unlockpt", Calls.ints(Calls.UNLOCKPT, state, descriptor), state);
                var name = arena.allocate(MAX_PATH);
                if (Calls.nameOf(descriptor, name, MAX_PATH) != 0) {
                    throw new IOException("the terminal's far end has no name");
                }
                return new Pty(descriptor, name.getString(0));
            } catch (IOException e) {
                Calls.close(descriptor);
                throw e;
            }
        }
    }

    private static void checked(String call, int result, MemorySegment state) throws IOException {
        if (result < 0) {
            throw new IOException("%s failed with errno %d".formatted(call, Calls.errno(state)));
        }
    }

    /// Of the far end.
    String path() {
        return path;
    }

    void resize(int columns, int rows) {
        use.readLock().lock();
        try (var arena = Arena.ofConfined()) {
            if (!closed) {
                var size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
                size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) rows);
                size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
                Calls.control(descriptor, TIOCSWINSZ, size);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    /// What is there already may still be read; nothing else is waited for any more.
    void noMore() {
        last = true;
    }

    /// Waits for output; -1 when none will come.
    int read(byte[] into) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Calls.STATE);
            var bytes = arena.allocate(into.length);
            while (true) {
                boolean wasLast = last;
                int count = once(state, bytes, into.length, POLLIN);
                if (count > 0) {
                    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, into, 0, count);
                    return count;
                }
                if (count < 0 || wasLast) {
                    return -1;
                }
            }
        }
    }

    /// Waits until all of it is taken.
    void write(byte[] from) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Calls.STATE);
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, from);
            for (long done = 0; done < from.length; ) {
                int count = once(state, bytes.asSlice(done), from.length - done, POLLOUT);
                if (count < 0 || last) {
                    throw new IOException("the terminal is closed");
                }
                done += count;
            }
        }
    }

    /// One attempt: how many bytes; 0 when it could not be done in a moment, -1 when never more.
    private int once(MemorySegment state, MemorySegment bytes, long length, short event)
            throws IOException {
        use.readLock().lock();
        try {
            if (closed) {
                return -1;
            }
            if (Calls.poll(descriptor, event, MOMENT_MS) <= 0) {
                return 0;
            }
            var call = event == POLLIN ? Calls.READ : Calls.WRITE;
            long count = Calls.transfer(call, state, descriptor, bytes, length);
            if (count >= 0) {
                return event == POLLIN && count == 0 ? -1 : (int) count;
            }
            int errno = Calls.errno(state);
            return switch (errno) {
                case EAGAIN, EINTR -> 0;
                // Nobody has the far end open any more.
                case EIO -> -1;
                default -> throw new IOException("terminal failed with errno " + errno);
            };
        } finally {
            use.readLock().unlock();
        }
    }

    /// Hangs up: who has the far end as his terminal gets SIGHUP.
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                Calls.close(descriptor);
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    /// Linked at their first use.
    private static final class Calls {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO =
                STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
        private static final MethodHandle POSIX_OPENPT =
                call("posix_openpt", FunctionDescriptor.of(INT, INT), errnoOption());
        private static final MethodHandle GRANTPT =
                call("grantpt", FunctionDescriptor.of(INT, INT), errnoOption());
        private static final MethodHandle UNLOCKPT =
                call("unlockpt", FunctionDescriptor.of(INT, INT), errnoOption());
        private static final MethodHandle PTSNAME_R =
                call("ptsname_r", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, LONG));
        private static final MethodHandle IOCTL =
                call(
                        "ioctl",
                        FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS),
                        Linker.Option.firstVariadicArg(2));
        private static final MethodHandle POLL =
                call("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
        private static final MethodHandle READ =
                call(
                        "read",
                        FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG),
                        errnoOption());
        private static final MethodHandle WRITE =
                call(
                        "write",
                        FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG),
                        errnoOption());
        private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));

        private static Linker.Option errnoOption() {
            return Linker.Option.captureCallState("errno");
        }

        @SuppressWarnings("restricted")
        private static MethodHandle call(
                String name, FunctionDescriptor shape, Linker.Option... options) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
        }

        static int errno(MemorySegment state) {
            return (int) ERRNO.get(state, 0L);
        }

        static int ints(MethodHandle call, MemorySegment state, int argument) {
            try {
                return (int) call.invokeExact(state, argument);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        static int nameOf(int descriptor, MemorySegment name, long size) {
            try {
                return (int) PTSNAME_R.invokeExact(descriptor, name, size);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        static void control(int descriptor, long request, MemorySegment argument) {
            try {
                int _ = (int) IOCTL.invokeExact(descriptor, request, argument);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        /// `struct pollfd` is an int and two shorts.
        static int poll(int descriptor, short event, int milliseconds) {
            try (var arena = Arena.ofConfined()) {
                var asked = arena.allocate(INT.byteSize() * 2, INT.byteAlignment());
                asked.set(INT, 0, descriptor);
                asked.set(ValueLayout.JAVA_SHORT, INT.byteSize(), event);
                return (int) POLL.invokeExact(asked, 1L, milliseconds);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        static long transfer(
                MethodHandle call,
                MemorySegment state,
                int descriptor,
                MemorySegment bytes,
                long length) {
            try {
                return (long) call.invokeExact(state, descriptor, bytes, length);
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
