package io.ekiden.proxy;

import java.util.List;

/// What a client sends, and how the backend answers to the first request that it gets.
///
/// @param sent by the client, at once
/// @param methods of the requests that are in it, as far as answers depend on them
/// @param answer of the backend to the first request
/// @param expected of Ekiden's proxy beside HAProxy
record FramingCase(
        String name, String sent, List<String> methods, String answer, Expected expected) {
    enum Expected {
        ALIKE,
        /// On purpose it lets less pass.
        STRICTER
    }

    static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    static final FramingCase NONE = new FramingCase("", "", List.of(), OK, Expected.ALIKE);

    /// To the n-th request, from 0.
    String answer(int n) {
        return n == 0 ? answer : OK;
    }

    /// Whether the backend has said all after this answer.
    boolean closes(String answer) {
        return answer.contains("Connection: close");
    }

    /// One line of visible characters.
    static String shown(String text) {
        var shown = new StringBuilder();
        text.chars()
                .forEach(c -> {
                    switch (c) {
                        case '\r' -> shown.append("\\r");
                        case '\n' -> shown.append("\\n");
                        case '\t' -> shown.append("\\t");
                        default -> {
                            if (c < ' ' || c > '~') {
                                shown.append("\\x%02x".formatted(c));
                            } else {
                                shown.append((char) c);
                            }
                        }
                    }
                });
        return shown.length() > 120
                ? shown.substring(0, 100) + "… " + text.length() + " bytes"
                : shown.toString();
    }
}
