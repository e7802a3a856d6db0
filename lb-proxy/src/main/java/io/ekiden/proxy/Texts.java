package io.ekiden.proxy;

/// Makes text that others wrote fit to be shown: on one line, in ASCII, and not too long.
public final class Texts {
    private static final int MAX_SHOWN = 200;

    private Texts() {}

    public static String printable(String raw) {
        var shown = new StringBuilder();
        for (int i = 0; i < Math.min(raw.length(), MAX_SHOWN); i++) {
            char c = raw.charAt(i);
            shown.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return raw.length() > MAX_SHOWN ? shown.append("...").toString() : shown.toString();
    }

    /// The message of a failure, or its kind when it has none.
    static String reason(Throwable failure) {
        var message = failure.getMessage();
        return printable(message == null ? failure.getClass().getSimpleName() : message);
    }
}
