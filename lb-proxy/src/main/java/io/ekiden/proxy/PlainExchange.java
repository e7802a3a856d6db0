package io.ekiden.proxy;

import io.ekiden.proxy.http1.AnswerHead;
import io.ekiden.proxy.http1.Chunks;
import io.ekiden.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One plain request on its way to a backend and the answer on its way back: what [Exchange] is to
/// any other, and by the same rules of who is tried, and how often. Bodies pass as the bytes that
/// they are.
final class PlainExchange implements Requester, PlainBackends.Waiting {
    /// Up to here a body goes in one buffer with its head.
    private static final int SMALL_BODY = 4 << 10;

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};

    private enum Phase {
        CONNECTING,
        SENT,
        ANSWERING,
        DONE
    }

    private final Lane lane;
    private final PlainClient client;
    private Route route;
    private final ByteBuf head;
    private final boolean toHead;
    private final boolean repeatable;
    private final List<Backend> tried = new ArrayList<>(1);
    private Phase phase = Phase.CONNECTING;
    private Backend backend;
    private PlainBackends.Connection connection;
    private boolean repeated;
    private boolean fresh;
    private long requestLeft;
    private long lastMove;

    private ByteBuf unread;
    private AnswerHead.Body body = AnswerHead.Body.NONE;
    private boolean lastOfConnection;
    private long left;
    private Chunks chunks;

    PlainExchange(Lane lane, PlainClient client, Route route, RequestHead request) {
        this.lane = lane;
        this.client = client;
        this.route = route;
        this.head = request.forwarded(PlainClient.BUFFERS, client.origin());
        this.toHead = request.isHead();
        this.requestLeft = request.contentLength();
        this.repeatable = requestLeft == 0 && request.isIdempotent();
        this.lastMove = lane.now();
    }

    /// @param lookup by which the route was found
    void start(Lookup lookup) {
        attempt(acquire(lookup));
    }

    @Override
    public String address() {
        return client.origin().address();
    }

    /// Ends what has not moved for too long.
    void sweep(long now) {
        long still = now - lastMove;
        switch (phase) {
            case CONNECTING, DONE -> {}
            case SENT -> {
                if (still > route.responseNanos(lane.responseNanos())) {
                    drop();
                    backend.failed();
                    refuse(Refusal.late(route));
                }
            }
            case ANSWERING -> {
                if (still > lane.idleNanos()) {
                    abort();
                }
            }
        }
    }

    private Optional<Backend> acquire() {
        return route.acquire(tried, System.nanoTime(), this);
    }

    /// Of a newer route only if it asks no more of a request than the one whose questions this one
    /// has answered.
    private Optional<Backend> acquire(Lookup lookup) {
        var found = acquire();
        while (found.isEmpty()) {
            var newer = lookup.next().filter(now -> now.handling().equals(route.handling()));
            if (newer.isEmpty()) {
                break;
            }
            route = newer.get();
            found = acquire();
        }
        return found;
    }

    private void attempt(Optional<Backend> next) {
        if (next.isEmpty()) {
            refuse(tried.isEmpty() ? Refusal.noneReady(route) : Refusal.unreachable(route));
            return;
        }
        backend = next.get();
        tried.add(backend);
        phase = Phase.CONNECTING;
        // A request that met a closing connection once must not meet a second one.
        var idle =
                repeated
                        ? Optional.<PlainBackends.Connection>empty()
                        : lane.plainBackends().idle(backend, repeatable);
        fresh = idle.isEmpty();
        if (fresh) {
            lane.plainBackends().connect(backend, this);
        } else {
            send(idle.get());
        }
    }

    @Override
    public void unreachable() {
        backend.eject(System.nanoTime());
        backend.release();
        if (phase == Phase.DONE) {
            return;
        }
        if (tried.size() <= route.retries()) {
            attempt(acquire());
        } else {
            refuse(Refusal.unreachable(route));
        }
    }

    @Override
    public void connected(PlainBackends.Connection connection) {
        if (phase == Phase.DONE) {
            connection.close();
            backend.release();
        } else {
            send(connection);
        }
    }

    private void send(PlainBackends.Connection connection) {
        this.connection = connection;
        backend.reached();
        phase = Phase.SENT;
        moved();
        connection.use(this);
        connection.write(head.retainedDuplicate());
        client.sendBody();
    }

    /// Whether the request's body can go on its way.
    boolean takesBody() {
        return phase == Phase.SENT || phase == Phase.ANSWERING;
    }

    /// The next bytes of the request's body.
    void body(ByteBuf bytes) {
        requestLeft -= bytes.readableBytes();
        moved();
        connection.write(bytes);
        client.read(connection.isWritable());
    }

    void backendWritable() {
        if (takesBody() && connection.isWritable()) {
            moved();
            client.read(true);
        }
    }

    void clientWritable(boolean writable) {
        if (phase == Phase.ANSWERING) {
            moved();
            connection.read(writable);
        }
    }

    /// The backend has said this.
    void said(ByteBuf bytes) {
        moved();
        if (phase == Phase.ANSWERING) {
            answer(bytes);
            return;
        }
        unread =
                unread == null
                        ? bytes
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                                PlainClient.BUFFERS, unread, bytes);
        readHead();
    }

    private void readHead() {
        var answer = lane.answerHead();
        while (phase == Phase.SENT && unread != null) {
            switch (answer.read(unread, toHead)) {
                case UNFINISHED -> {
                    return;
                }
                case MALFORMED -> {
                    drop();
                    backend.failed();
                    refuse(Refusal.malformed(route));
                }
                case INTERIM -> skip(answer.length());
                case FINAL -> begin(answer);
            }
        }
    }

    private void skip(int length) {
        unread.skipBytes(length);
        if (!unread.isReadable()) {
            unread.release();
            unread = null;
        }
    }

    private void begin(AnswerHead answer) {
        phase = Phase.ANSWERING;
        backend.answered(answer.status());
        body = answer.body();
        left = answer.contentLength();
        lastOfConnection = answer.isLast();
        if (body == AnswerHead.Body.CHUNKED) {
            chunks = new Chunks();
        }
        var bytes = unread;
        unread = null;
        bytes.skipBytes(answer.length());
        boolean inOne = body == AnswerHead.Body.LENGTH && bytes.readableBytes() <= SMALL_BODY;
        int room = answer.length() + 64 + (inOne ? bytes.readableBytes() : 0);
        var out = PlainClient.BUFFERS.buffer(room);
        answer.write(out, client.isLast());
        if (inOne) {
            int length = (int) Math.min(left, bytes.readableBytes());
            out.writeBytes(bytes, length);
            left -= length;
        }
        client.write(out);
        answer(bytes);
    }

    /// Some bytes behind the answer's head.
    private void answer(ByteBuf bytes) {
        boolean ended =
                switch (body) {
                    case NONE -> true;
                    case LENGTH -> {
                        if (left > 0 && bytes.isReadable()) {
                            int length = (int) Math.min(left, bytes.readableBytes());
                            left -= length;
                            client.write(bytes.readRetainedSlice(length));
                        }
                        yield left == 0;
                    }
                    case CHUNKED ->
                            switch (chunks.read(bytes, this::chunk)) {
                                case ENDED -> {
                                    endOfChunks();
                                    yield true;
                                }
                                case MALFORMED -> {
                                    abort();
                                    yield false;
                                }
                                default -> false;
                            };
                    case UNTIL_CLOSE -> {
                        if (bytes.isReadable()) {
                            chunk(bytes.readRetainedSlice(bytes.readableBytes()));
                        }
                        yield false;
                    }
                };
        boolean surplus = bytes.isReadable();
        bytes.release();
        if (ended) {
            answered(!surplus);
        } else if (phase == Phase.ANSWERING && !client.isWritable()) {
            connection.read(false);
        }
    }

    private void chunk(ByteBuf data) {
        var size = PlainClient.BUFFERS.buffer(16);
        ByteBufUtil.writeAscii(size, Integer.toHexString(data.readableBytes()));
        size.writeBytes(CRLF);
        client.write(size);
        client.write(data);
        client.write(PlainClient.BUFFERS.buffer(CRLF.length).writeBytes(CRLF));
    }

    private void endOfChunks() {
        var end = PlainClient.BUFFERS.buffer(64);
        end.writeBytes(LAST_CHUNK);
        if (chunks != null) {
            chunks.writeTrailers(end);
        }
        client.write(end.writeBytes(CRLF));
    }

    /// @param asGoodAsBefore whether the connection may be used again
    private void answered(boolean asGoodAsBefore) {
        var used = connection;
        boolean reusable = asGoodAsBefore && !lastOfConnection && requestLeft == 0;
        over();
        // Before the client knows, whose next request may depend on it.
        backend.release();
        if (reusable) {
            used.giveBack();
        } else {
            used.close();
        }
        client.answered();
    }

    /// All is read that there is for now.
    void saidForNow() {
        if (phase == Phase.ANSWERING) {
            client.flush();
        }
    }

    /// @param orderly whether the backend has ended the connection, and nobody has broken it
    void backendGone(boolean orderly) {
        switch (phase) {
            case CONNECTING, DONE -> {}
            case SENT -> broken();
            case ANSWERING -> {
                if (body == AnswerHead.Body.UNTIL_CLOSE && orderly) {
                    endOfChunks();
                    answered(false);
                } else {
                    abort();
                }
            }
        }
    }

    private void broken() {
        drop();
        backend.failed();
        if (repeatable && !repeated && route.retries() > 0) {
            repeated = true;
            if (!fresh) {
                tried.remove(backend);
            }
            attempt(acquire());
        } else {
            refuse(Refusal.broken(route));
        }
    }

    void clientGone() {
        switch (phase) {
            case DONE -> {}
            // The attempt under way sees that it is over and gives back what it holds.
            case CONNECTING -> over();
            case SENT, ANSWERING -> {
                drop();
                over();
            }
        }
    }

    /// Ends both sides; the client sees that something is missing.
    private void abort() {
        drop();
        over();
        backend.failed();
        client.cut();
    }

    /// Gives the backend up, and what it was asked.
    private void drop() {
        phase = Phase.DONE;
        connection.close();
        backend.release();
        forget();
    }

    private void refuse(Refusal refusal) {
        over();
        client.refuse(refusal, toHead);
    }

    private void over() {
        phase = Phase.DONE;
        if (head.refCnt() > 0) {
            head.release();
        }
        forget();
    }

    private void forget() {
        if (unread != null) {
            unread.release();
            unread = null;
        }
    }

    private void moved() {
        lastMove = lane.now();
    }
}
