package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.model.TaskId;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// One endpoint as the data path knows it: where it answers, whether it may be given work, and what
/// is in flight there. It outlives the routing tables that name it, and it is of one task: a later
/// task at the same address is another backend.
///
/// Work is taken with [#acquire] and given back with [#release]. When `acquire` has refused because
/// of [#stop], no work begins any more, and `whenIdle` is told (perhaps more than once) as soon as
/// the last work has been given back.
final class Backend {
    private static final int MAX_DOUBLINGS = 5;

    private final String key;
    private final TaskId taskId;
    private final int portIndex;
    private final String host;
    private final int port;
    private final SocketAddress address;
    private final Upstream upstream;
    private final long ejectNanos;
    private final Consumer<Backend> whenIdle;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder requests = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder unreached = new LongAdder();
    private final AtomicInteger failedInARow = new AtomicInteger();
    private volatile boolean accepting;
    private volatile int ejections;
    private volatile long ejectedUntil;

    Backend(Endpoint endpoint, Upstream upstream, long ejectNanos, Consumer<Backend> whenIdle) {
        this.upstream = upstream;
        this.key = endpoint.key();
        this.taskId = endpoint.taskId();
        this.portIndex = endpoint.portIndex();
        this.host = endpoint.host();
        this.port = endpoint.port();
        this.address = SocketAddress.inetSocketAddress(port, host);
        this.ejectNanos = upstream.ejectTime().map(Duration::toNanos).orElse(ejectNanos);
        this.whenIdle = whenIdle;
    }

    boolean isOf(Endpoint endpoint) {
        return key.equals(endpoint.key())
                && port == endpoint.port()
                && host.equals(endpoint.host());
    }

    String key() {
        return key;
    }

    TaskId taskId() {
        return taskId;
    }

    int portIndex() {
        return portIndex;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    SocketAddress address() {
        return address;
    }

    Upstream upstream() {
        return upstream;
    }

    boolean accepting() {
        return accepting;
    }

    int inFlight() {
        return inFlight.get();
    }

    long requests() {
        return requests.sum();
    }

    long failures() {
        return failures.sum();
    }

    /// How many of the [#failures] were that it could not be reached.
    long unreached() {
        return unreached.sum();
    }

    void accept() {
        accepting = true;
    }

    void stop() {
        accepting = false;
    }

    /// Begins one request or connection; false when no work may begin here any more.
    boolean acquire() {
        inFlight.incrementAndGet();
        // Only after it is counted: whoever stops this backend sees the count, or is seen here.
        if (!accepting) {
            release();
            return false;
        }
        requests.increment();
        return true;
    }

    void release() {
        if (inFlight.decrementAndGet() == 0 && !accepting) {
            whenIdle.accept(this);
        }
    }

    /// It has not answered, or not to the end.
    void failed() {
        failures.increment();
        judge(false);
    }

    /// It has begun to answer.
    void answered(int status) {
        judge(status < 500);
    }

    private void judge(boolean good) {
        if (upstream.ejectAfter() == 0) {
            return;
        }
        if (!good) {
            failedInARow.incrementAndGet();
            if (fails()) {
                passOver(System.nanoTime());
            }
        } else if (failedInARow.getAndSet(0) != 0) {
            ejections = 0;
        }
    }

    private boolean fails() {
        return upstream.ejectAfter() > 0 && failedInARow.get() >= upstream.ejectAfter();
    }

    /// It could not be reached: passed over for a while, longer each time in a row.
    ///
    /// @param now in nanoseconds of the monotonic clock
    void eject(long now) {
        failures.increment();
        unreached.increment();
        passOver(now);
    }

    private void passOver(long now) {
        int before = Math.min(ejections, MAX_DOUBLINGS);
        ejectedUntil = now + (ejectNanos << before);
        ejections = before + 1;
    }

    /// What answers badly is not mended by that it can be reached.
    void reached() {
        if (ejections != 0 && !fails()) {
            ejections = 0;
        }
    }

    boolean ejected(long now) {
        return ejections != 0 && ejectedUntil - now > 0;
    }

    @Override
    public String toString() {
        return taskId + "/" + portIndex + " at " + host + ":" + port;
    }
}
