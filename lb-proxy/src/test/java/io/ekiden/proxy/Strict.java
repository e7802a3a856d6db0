package io.ekiden.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads HTTP/1.1 as RFC 9112 has it and nothing else: what is not exactly that is malformed.
final class Strict {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST =
            Pattern.compile(TOKEN + " [!-~\\x80-\\xff]+ HTTP/1\\.[01]");
    private static final Pattern ANSWER =
            Pattern.compile("HTTP/1\\.[01] \\d{3} [^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
    private static final Pattern FIELD =
            Pattern.compile(TOKEN + ":[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final Pattern SIZE = Pattern.compile("[0-9A-Fa-f]{1,7}");

    private Strict() {}

    enum State {
        COMPLETE,
        /// The rest of it has not come.
        CUT,
        MALFORMED
    }

    /// @param fields with their names in small letters and no blanks around their values
    record Message(String start, List<String> fields, String body, State state) {
        boolean complete() {
            return state == State.COMPLETE;
        }

        List<String> all(String name) {
            return fields.stream()
                    .filter(field -> field.startsWith(name + ": "))
                    .map(field -> field.substring(name.length() + 2))
                    .toList();
        }

        /// Of an answer.
        int status() {
            return Integer.parseInt(start.substring(9, 12));
        }
    }

    private record Part(String text, int end, State state) {
        static final Part CUT = new Part("", 0, State.CUT);
        static final Part MALFORMED = new Part("", 0, State.MALFORMED);
    }

    static List<Message> requests(String bytes) {
        var found = new ArrayList<Message>();
        for (int at = 0; at < bytes.length(); ) {
            var head = head(bytes, at, REQUEST);
            if (head.state != State.COMPLETE) {
                found.add(new Message(bytes.substring(at), List.of(), "", head.state));
                return found;
            }
            var fields = fields(head.text);
            var body = body(bytes, head.end, fields, Optional.of(0));
            found.add(new Message(start(head.text), fields, body.text, body.state));
            if (body.state != State.COMPLETE) {
                return found;
            }
            at = body.end;
        }
        return found;
    }

    /// Final answers to requests of these methods.
    static List<Message> answers(String bytes, List<String> methods) {
        var found = new ArrayList<Message>();
        for (int at = 0; at < bytes.length(); ) {
            var head = head(bytes, at, ANSWER);
            if (head.state != State.COMPLETE) {
                found.add(new Message(bytes.substring(at), List.of(), "", head.state));
                return found;
            }
            var answer = new Message(start(head.text), fields(head.text), "", State.COMPLETE);
            if (answer.status() < 200 && answer.status() != 101) {
                at = head.end;
                continue;
            }
            boolean bodiless =
                    answer.status() == 204
                            || answer.status() == 304
                            || (found.size() < methods.size()
                                    && methods.get(found.size()).equals("HEAD"));
            var body =
                    bodiless
                            ? new Part("", head.end, State.COMPLETE)
                            : body(bytes, head.end, answer.fields, Optional.empty());
            found.add(new Message(answer.start, answer.fields, body.text, body.state));
            if (body.state != State.COMPLETE) {
                return found;
            }
            at = body.end;
        }
        return found;
    }

    private static Part head(String bytes, int at, Pattern start) {
        int end = bytes.indexOf("\r\n\r\n", at);
        if (end < 0) {
            return Part.CUT;
        }
        var head = bytes.substring(at, end);
        var lines = head.split("\r\n", -1);
        if (!start.matcher(lines[0]).matches()) {
            return Part.MALFORMED;
        }
        for (int i = 1; i < lines.length; i++) {
            if (!FIELD.matcher(lines[i]).matches()) {
                return Part.MALFORMED;
            }
        }
        return new Part(head, end + 4, State.COMPLETE);
    }

    private static String start(String head) {
        return head.split("\r\n", -1)[0];
    }

    private static List<String> fields(String head) {
        var fields = new ArrayList<String>();
        for (var line : head.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (!fields.isEmpty() || !line.equals(start(head))) {
                fields.add(
                        line.substring(0, colon).toLowerCase(Locale.ROOT)
                                + ": "
                                + line.substring(colon + 1).strip().replaceAll("[ \t]+", " "));
            }
        }
        return fields;
    }

    private static List<String> all(List<String> fields, String name) {
        return new Message("", fields, "", State.COMPLETE).all(name);
    }

    /// @param otherwise the length of one that says none; empty for all that comes
    private static Part body(
            String bytes, int at, List<String> fields, Optional<Integer> otherwise) {
        var codings = all(fields, "transfer-encoding");
        var lengths = all(fields, "content-length");
        if (!codings.isEmpty()) {
            return lengths.isEmpty()
                            && codings.size() == 1
                            && codings.getFirst().equalsIgnoreCase("chunked")
                    ? chunks(bytes, at)
                    : Part.MALFORMED;
        }
        if (lengths.isEmpty()) {
            int length = otherwise.orElse(bytes.length() - at);
            return new Part(bytes.substring(at, at + length), at + length, State.COMPLETE);
        }
        if (lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
            return Part.MALFORMED;
        }
        long end = at + Long.parseLong(lengths.getFirst());
        return end > bytes.length()
                ? new Part(bytes.substring(at), bytes.length(), State.CUT)
                : new Part(bytes.substring(at, (int) end), (int) end, State.COMPLETE);
    }

    private static Part chunks(String bytes, int begin) {
        var text = new StringBuilder();
        for (int at = begin; ; ) {
            int eol = bytes.indexOf("\r\n", at);
            if (eol < 0) {
                return new Part(text.toString(), at, State.CUT);
            }
            var size = bytes.substring(at, eol);
            if (!SIZE.matcher(size).matches()) {
                return Part.MALFORMED;
            }
            int length = Integer.parseInt(size, 16);
            if (length == 0) {
                int end = bytes.startsWith("\r\n", eol + 2) ? eol + 4 : end(bytes, eol);
                return end < 0
                        ? new Part(text.toString(), at, State.CUT)
                        : new Part(text.toString(), end, State.COMPLETE);
            }
            int end = eol + 2 + length;
            if (end + 2 > bytes.length()) {
                return new Part(text.toString(), at, State.CUT);
            }
            if (!bytes.startsWith("\r\n", end)) {
                return Part.MALFORMED;
            }
            text.append(bytes, eol + 2, end);
            at = end + 2;
        }
    }

    /// After trailers.
    private static int end(String bytes, int from) {
        int end = bytes.indexOf("\r\n\r\n", from);
        return end < 0 ? -1 : end + 4;
    }
}
