package io.ekiden.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Set;

/// The head of a plain request: HTTP/1.1, asking for a path, with one host, whose body, if any,
/// says its length, and that asks nothing of the proxy itself. Most are. One is read after the
/// other into the same object.
public final class RequestHead {
    private static final int MAX_BYTES = 16 << 10;

    /// Most heads are shorter, and what follows need not be copied to find that out.
    private static final int USUAL_BYTES = 1 << 10;

    private static final int MAX_METHOD_BYTES = 32;
    private static final byte[] VERSION = Ascii.bytes(" HTTP/1.1\r\n");
    private static final Set<String> IDEMPOTENT =
            Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /// What bytes are.
    public enum Reading {
        /// Perhaps the beginning of a plain request.
        UNFINISHED,
        PLAIN,
        /// No request begins so: with a blank, over which a lenient reader would read.
        MALFORMED,
        /// Anything else, be it HTTP or not.
        OTHER
    }

    private final byte[] bytes = new byte[MAX_BYTES];
    private final FieldLines fields = new FieldLines();
    private String method = "";
    private int targetEnd;
    private int length;
    private int host;
    private long contentLength;
    private boolean last;

    /// Looks at what is to be read, and takes none of it.
    public Reading read(ByteBuf in) {
        var reading = read(in, USUAL_BYTES);
        return reading == Reading.UNFINISHED ? read(in, MAX_BYTES) : reading;
    }

    private Reading read(ByteBuf in, int most) {
        int there = Math.min(in.readableBytes(), most);
        in.getBytes(in.readerIndex(), bytes, 0, there);
        var reading = requestLine(there);
        return reading == Reading.UNFINISHED && there == MAX_BYTES ? Reading.OTHER : reading;
    }

    private Reading requestLine(int there) {
        if (there > 0 && (bytes[0] == ' ' || bytes[0] == '\r')) {
            return blank(there);
        }
        int at = 0;
        while (at < there && Ascii.isToken(bytes[at])) {
            at++;
        }
        if (at == there) {
            return at > MAX_METHOD_BYTES ? Reading.OTHER : Reading.UNFINISHED;
        }
        if (at == 0 || at > MAX_METHOD_BYTES || bytes[at] != ' ') {
            return Reading.OTHER;
        }
        method = Ascii.text(bytes, 0, at);
        if (method.equals("CONNECT") || method.equals("PRI")) {
            return Reading.OTHER;
        }
        at++;
        if (at < there && bytes[at] != '/') {
            return Reading.OTHER;
        }
        while (at < there && bytes[at] > ' ' && bytes[at] < 0x7f && bytes[at] != '#') {
            at++;
        }
        targetEnd = at;
        for (byte expected : VERSION) {
            if (at == there) {
                return Reading.UNFINISHED;
            }
            if (bytes[at] != expected) {
                return Reading.OTHER;
            }
            at++;
        }
        length = fields.read(bytes, at, there, false);
        return switch (length) {
            case FieldLines.UNFINISHED -> Reading.UNFINISHED;
            case FieldLines.MALFORMED -> Reading.OTHER;
            default -> fields() ? Reading.PLAIN : Reading.OTHER;
        };
    }

    /// Empty lines before a request are none of it (RFC 9112 section 2.2).
    private Reading blank(int there) {
        if (bytes[0] == '\r' && there == 1) {
            return Reading.UNFINISHED;
        }
        return bytes[0] == '\r' && bytes[1] == '\n' ? Reading.OTHER : Reading.MALFORMED;
    }

    /// Whether the fields leave it a plain request.
    private boolean fields() {
        host = -1;
        contentLength = -1;
        last = false;
        boolean connection = false;
        for (int i = 0; i < fields.count(); i++) {
            switch (fields.name(i)) {
                case HOST -> {
                    if (host >= 0 || !isHost(i)) {
                        return false;
                    }
                    host = i;
                }
                case CONTENT_LENGTH -> {
                    if (contentLength >= 0 || fields.length(i) < 0) {
                        return false;
                    }
                    contentLength = fields.length(i);
                }
                case CONNECTION -> {
                    last = fields.is(i, "close");
                    if (connection || !(last || fields.is(i, "keep-alive"))) {
                        return false;
                    }
                    connection = true;
                }
                case EXPECT, HTTP2_SETTINGS, TRAILER, TRANSFER_ENCODING, UPGRADE -> {
                    return false;
                }
                case KEEP_ALIVE,
                        OTHER,
                        PROXY_CONNECTION,
                        TE,
                        X_FORWARDED_HOST,
                        X_FORWARDED_PORT,
                        X_FORWARDED_PROTO -> {}
            }
        }
        return host >= 0;
    }

    private boolean isHost(int field) {
        for (int i = fields.valueStart(field); i < fields.valueEnd(field); i++) {
            if (bytes[i] <= ' ' || bytes[i] >= 0x7f) {
                return false;
            }
        }
        return fields.valueStart(field) < fields.valueEnd(field);
    }

    /// In bytes, with the empty line at its end.
    public int length() {
        return length;
    }

    public boolean isIdempotent() {
        return IDEMPOTENT.contains(method);
    }

    /// Whether the answer has no body whatever its head says.
    public boolean isHead() {
        return method.equals("HEAD");
    }

    /// The path and the query.
    public String target() {
        return Ascii.text(bytes, method.length() + 1, targetEnd);
    }

    /// Of the body; 0 when there is none.
    public long contentLength() {
        return Math.max(contentLength, 0);
    }

    /// Whether the client says no more on this connection.
    public boolean isLast() {
        return last;
    }

    /// The value of a field.
    ///
    /// @param name in small letters
    /// @return null when there is none
    public String field(String name) {
        return fields.first(name);
    }

    /// The head as the backend gets it.
    public ByteBuf forwarded(ByteBufAllocator allocator, Origin origin) {
        int hostLength = fields.valueEnd(host) - fields.valueStart(host);
        var out = allocator.buffer(length + origin.length() + 3 * hostLength);
        out.writeBytes(bytes, 0, targetEnd + VERSION.length);
        fields.write(out, (name, _) -> passes(name));
        origin.write(out, bytes, fields.valueStart(host), fields.valueEnd(host));
        return out;
    }

    private static boolean passes(FieldName name) {
        return switch (name) {
            case X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PROTO -> false;
            default -> !name.isOfOneConnection();
        };
    }
}
