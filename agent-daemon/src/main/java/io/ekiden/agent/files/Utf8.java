package io.ekiden.agent.files;

/// Where characters begin and end in bytes that may be UTF-8.
final class Utf8 {
    private Utf8() {}

    /// How many of the bytes there are without a last character that lacks its rest.
    static int complete(byte[] bytes) {
        int at = bytes.length - 1;
        for (int back = 0; back < 3 && at >= 0; back++, at--) {
            if (!continues(bytes[at])) {
                return back + 1 < length(bytes[at]) ? at : bytes.length;
            }
        }
        return bytes.length;
    }

    static boolean continues(byte b) {
        return (b & 0xC0) == 0x80;
    }

    private static int length(byte first) {
        int bits = first & 0xFF;
        if (bits >= 0xF0) {
            return 4;
        }
        return bits >= 0xE0 ? 3 : bits >= 0xC0 ? 2 : 1;
    }
}
