package io.ekiden.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Set;

/// The head of an answer by HTTP/1.0 or 1.1, and how its body ends. One is read after the other
/// into the same object.
public final class AnswerHead {
    private static final int MAX_BYTES = 16 << 10;

    /// Most heads are shorter, and what follows need not be copied to find that out.
    private static final int USUAL_BYTES = 1 << 10;

    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final int REASON_AT = STATUS_AT + 3;
    private static final byte[] HTTP = Ascii.bytes("HTTP/1.");
    private static final byte[] VERSION = Ascii.bytes("HTTP/1.1 ");
    private static final byte[] CHUNKED_LINE = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE_LINE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] END = Ascii.bytes("\r\n");

    /// What bytes are.
    public enum Reading {
        UNFINISHED,
        MALFORMED,
        /// News (1xx) of which an answer follows.
        INTERIM,
        FINAL
    }

    /// Where the answer ends.
    public enum Body {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final byte[] bytes = new byte[MAX_BYTES];
    private final FieldLines fields = new FieldLines();
    private int status;
    private int lineEnd;
    private int length;
    private Body body = Body.NONE;
    private long contentLength;
    private boolean last;
    private Set<String> options = Set.of();

    /// Looks at what is to be read, and takes none of it.
    ///
    /// @param toHead whether the request was a HEAD
    public Reading read(ByteBuf in, boolean toHead) {
        var reading = read(in, toHead, USUAL_BYTES);
        return reading == Reading.UNFINISHED ? read(in, toHead, MAX_BYTES) : reading;
    }

    private Reading read(ByteBuf in, boolean toHead, int most) {
        int there = Math.min(in.readableBytes(), most);
        in.getBytes(in.readerIndex(), bytes, 0, there);
        var reading = statusLine(there, toHead);
        return reading == Reading.UNFINISHED && there == MAX_BYTES ? Reading.MALFORMED : reading;
    }

    private Reading statusLine(int there, boolean toHead) {
        for (int i = 0; i < Math.min(there, HTTP.length); i++) {
            if (bytes[i] != HTTP[i]) {
                return Reading.MALFORMED;
            }
        }
        if (there <= REASON_AT) {
            return Reading.UNFINISHED;
        }
        byte minor = bytes[HTTP.length];
        if ((minor != '0' && minor != '1') || bytes[STATUS_AT - 1] != ' ') {
            return Reading.MALFORMED;
        }
        status = 0;
        for (int i = STATUS_AT; i < REASON_AT; i++) {
            if (!Ascii.isDigit(bytes[i])) {
                return Reading.MALFORMED;
            }
            status = status * 10 + bytes[i] - '0';
        }
        if (bytes[REASON_AT] != ' ' && bytes[REASON_AT] != '\r') {
            return Reading.MALFORMED;
        }
        int end = REASON_AT;
        while (end < there && Ascii.isText(bytes[end])) {
            end++;
        }
        if (end + 1 >= there) {
            return Reading.UNFINISHED;
        }
        if (bytes[end] != '\r' || bytes[end + 1] != '\n') {
            return Reading.MALFORMED;
        }
        lineEnd = end;
        length = fields.read(bytes, end + 2, there, true);
        return switch (length) {
            case FieldLines.UNFINISHED -> Reading.UNFINISHED;
            case FieldLines.MALFORMED -> Reading.MALFORMED;
            default -> framing(minor == '1', toHead);
        };
    }

    /// RFC 9112 section 6.3. Two ways of saying where it ends are one too many.
    private Reading framing(boolean http11, boolean toHead) {
        contentLength = -1;
        last = !http11;
        boolean chunked = false;
        boolean named = false;
        for (int i = 0; i < fields.count(); i++) {
            switch (fields.name(i)) {
                case CONTENT_LENGTH -> {
                    if (contentLength >= 0 || fields.length(i) < 0) {
                        return Reading.MALFORMED;
                    }
                    contentLength = fields.length(i);
                }
                case TRANSFER_ENCODING -> {
                    if (chunked || !fields.is(i, "chunked")) {
                        return Reading.MALFORMED;
                    }
                    chunked = true;
                }
                case CONNECTION -> {
                    last |= fields.is(i, "close");
                    named |= !fields.is(i, "close") && !fields.is(i, "keep-alive");
                }
                default -> {}
            }
        }
        options = named ? fields.connectionOptions() : Set.of();
        last |= options.contains("close");
        if ((chunked && contentLength >= 0) || status < 100 || status == 101) {
            return Reading.MALFORMED;
        }
        if (status < 200) {
            return Reading.INTERIM;
        }
        if (toHead || status == 204 || status == 304) {
            body = Body.NONE;
        } else if (chunked) {
            body = Body.CHUNKED;
        } else {
            body = contentLength >= 0 ? Body.LENGTH : Body.UNTIL_CLOSE;
        }
        return Reading.FINAL;
    }

    public int status() {
        return status;
    }

    /// In bytes, with the empty line at its end.
    public int length() {
        return length;
    }

    public Body body() {
        return body;
    }

    /// Of a body that says it.
    public long contentLength() {
        return contentLength;
    }

    /// Whether the backend closes the connection after this answer.
    public boolean isLast() {
        return last || body == Body.UNTIL_CLOSE;
    }

    /// Writes the head as the client gets it, in HTTP/1.1.
    ///
    /// @param close whether the client's connection ends with it
    public void write(ByteBuf out, boolean close) {
        out.writeBytes(VERSION).writeBytes(bytes, STATUS_AT, 3);
        if (lineEnd == REASON_AT) {
            out.writeByte(' ');
        }
        out.writeBytes(bytes, REASON_AT, lineEnd + 2 - REASON_AT);
        fields.write(out, this::passes);
        if (body == Body.CHUNKED || body == Body.UNTIL_CLOSE) {
            out.writeBytes(CHUNKED_LINE);
        }
        if (close) {
            out.writeBytes(CLOSE_LINE);
        }
        out.writeBytes(END);
    }

    private boolean passes(FieldName name, int field) {
        return !name.isOfOneConnection() && (name.isOfFraming() || !fields.isNamed(field, options));
    }
}
