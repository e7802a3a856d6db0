package io.ekiden.proxy.http1;

import java.nio.charset.StandardCharsets;

/// Bytes as RFC 9110 sorts them.
final class Ascii {
    private static final int HEX_DIGITS = 16;
    private static final boolean[] TOKEN = token();

    private Ascii() {}

    private static boolean[] token() {
        var token = new boolean[256];
        for (char c = '0'; c <= 'z'; c++) {
            token[c] = Character.isLetterOrDigit(c);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            token[c] = true;
        }
        return token;
    }

    static boolean isToken(byte b) {
        return TOKEN[b & 0xff];
    }

    /// Of a field's value or a reason: no control character but the tabulator.
    static boolean isText(byte b) {
        return (b >= ' ' && b != 0x7f) || b < 0 || b == '\t';
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /// The value of a hexadecimal digit; -1 for what is none.
    static int hex(byte b) {
        return b < 0 ? -1 : Character.digit(b, HEX_DIGITS);
    }

    /// @param lower in small letters
    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lower) {
        if (to - from != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            byte b = bytes[from + i];
            char c = lower.charAt(i);
            if (b != c && (b < 'A' || b > 'Z' || b + 32 != c)) {
                return false;
            }
        }
        return true;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
