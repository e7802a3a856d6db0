package io.ekiden.agent.health;

import io.ekiden.model.ReadinessResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// An HTTP/1.1 answer that is read as far as somebody asks for it (RFC 9112).
final class HttpAnswer {
    private static final int MAX_LINE = 8192;
    private static final int MAX_HEADERS = 100;
    private static final int MAX_CONTENT_TYPE = 256;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})( .*)?");
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,7})[ \t]*(;.*)?");

    private final TimedInput input;

    HttpAnswer(TimedInput input) {
        this.input = input;
    }

    /// The status of the next status line.
    int status() throws IOException {
        var matcher = STATUS.matcher(input.line(MAX_LINE));
        if (!matcher.matches()) {
            throw new IOException("the answer is no HTTP");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /// The answer without interim ones before it. A body that does not end in time, or breaks off,
    /// is taken as far as it came: the status has been said.
    ReadinessResponse response() throws IOException {
        int status = status();
        var headers = headers();
        while (status < 200 && status != 101) {
            status = status();
            headers = headers();
        }
        var type = headers.getOrDefault("content-type", "application/octet-stream");
        var body = new ByteArrayOutputStream();
        try {
            if (status != 204 && status != 304) {
                body(headers, body);
            }
        } catch (IOException e) {
            // What came is shown.
            body.flush();
        }
        return new ReadinessResponse(
                status,
                type.substring(0, Math.min(MAX_CONTENT_TYPE, type.length())),
                body.toString(StandardCharsets.UTF_8));
    }

    /// By their names in lower case.
    private SortedMap<String, String> headers() throws IOException {
        var headers = new TreeMap<String, String>();
        for (var line = input.line(MAX_LINE); !line.isEmpty(); line = input.line(MAX_LINE)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() >= MAX_HEADERS) {
                throw new IOException("the answer is no HTTP");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private void body(SortedMap<String, String> headers, ByteArrayOutputStream body)
            throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            chunks(body);
        } else {
            var length = headers.getOrDefault("content-length", "");
            copy(length.matches("[0-9]{1,9}") ? Integer.parseInt(length) : Integer.MAX_VALUE, body);
        }
    }

    private void chunks(ByteArrayOutputStream body) throws IOException {
        for (int size = chunk(); size > 0 && hasRoom(body); size = chunk()) {
            copy(size, body);
            if (hasRoom(body)) {
                input.line(2);
            }
        }
    }

    private int chunk() throws IOException {
        var matcher = CHUNK.matcher(input.line(MAX_LINE));
        if (!matcher.matches()) {
            throw new IOException("the answer is no HTTP");
        }
        return Integer.parseInt(matcher.group(1), 16);
    }

    private void copy(int length, ByteArrayOutputStream body) throws IOException {
        for (int i = 0; i < length && hasRoom(body); i++) {
            int c = input.read();
            if (c < 0) {
                return;
            }
            body.write(c);
        }
    }

    private static boolean hasRoom(ByteArrayOutputStream body) {
        return body.size() < ReadinessResponse.MAX_BODY;
    }
}
