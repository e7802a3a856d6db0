package io.ekiden.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// The field lines of a header or trailer section (RFC 9112 section 5) over the bytes in which they
/// came. One is read after the other into the same object.
final class FieldLines {
    /// The bytes end before the section does.
    static final int UNFINISHED = -1;

    /// The bytes are not field lines.
    static final int MALFORMED = -2;

    /// As HAProxy has it.
    static final int MAX_FIELDS = 100;

    private static final int MAX_DIGITS = 18;

    private final FieldName[] names = new FieldName[MAX_FIELDS];
    private final int[] nameEnds = new int[MAX_FIELDS];
    private final int[] valueStarts = new int[MAX_FIELDS];
    private final int[] valueEnds = new int[MAX_FIELDS];

    /// Where each line begins, and behind the last one where the section's empty line does.
    private final int[] starts = new int[MAX_FIELDS + 1];

    private byte[] bytes = new byte[0];
    private int count;

    /// Reads lines up to the empty one.
    ///
    /// @param unfold whether a folded line is made one, in the bytes themselves, or is malformed
    /// @return the index behind the empty line, [#UNFINISHED] or [#MALFORMED]
    int read(byte[] bytes, int from, int to, boolean unfold) {
        this.bytes = bytes;
        count = 0;
        int at = from;
        while (at < to) {
            byte first = bytes[at];
            if (first == '\r') {
                starts[count] = at;
                return emptyLine(at, to);
            }
            int end;
            if (first == ' ' || first == '\t') {
                if (!unfold || count == 0) {
                    return MALFORMED;
                }
                bytes[at - 2] = ' ';
                bytes[at - 1] = ' ';
                end = endOfLine(at, to);
                if (end >= 0) {
                    valueEnds[count - 1] = end;
                    trim(count - 1);
                }
            } else {
                end = count == MAX_FIELDS ? MALFORMED : line(at, to);
            }
            if (end < 0) {
                return end;
            }
            at = end + 2;
        }
        return UNFINISHED;
    }

    private int emptyLine(int at, int to) {
        if (at + 1 == to) {
            return UNFINISHED;
        }
        return bytes[at + 1] == '\n' ? at + 2 : MALFORMED;
    }

    private int line(int at, int to) {
        int colon = at;
        while (colon < to && Ascii.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == to) {
            return UNFINISHED;
        }
        if (colon == at || bytes[colon] != ':') {
            return MALFORMED;
        }
        int end = endOfLine(colon + 1, to);
        if (end >= 0) {
            names[count] = FieldName.of(bytes, at, colon);
            starts[count] = at;
            nameEnds[count] = colon;
            valueStarts[count] = colon + 1;
            valueEnds[count] = end;
            trim(count);
            count++;
        }
        return end;
    }

    /// The index of the line's CR, if all before it may stand in a value.
    private int endOfLine(int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\r') {
                if (i + 1 == to) {
                    return UNFINISHED;
                }
                return bytes[i + 1] == '\n' ? i : MALFORMED;
            }
            if (!Ascii.isText(bytes[i])) {
                return MALFORMED;
            }
        }
        return UNFINISHED;
    }

    private void trim(int field) {
        while (valueStarts[field] < valueEnds[field] && isBlank(bytes[valueStarts[field]])) {
            valueStarts[field]++;
        }
        while (valueStarts[field] < valueEnds[field] && isBlank(bytes[valueEnds[field] - 1])) {
            valueEnds[field]--;
        }
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    int count() {
        return count;
    }

    FieldName name(int field) {
        return names[field];
    }

    String value(int field) {
        return Ascii.text(bytes, valueStarts[field], valueEnds[field]);
    }

    int valueStart(int field) {
        return valueStarts[field];
    }

    int valueEnd(int field) {
        return valueEnds[field];
    }

    /// The value of the first field of a name.
    ///
    /// @param lower the name in small letters
    /// @return null when there is none
    String first(String lower) {
        for (int i = 0; i < count; i++) {
            if (Ascii.equalsIgnoreCase(bytes, starts[i], nameEnds[i], lower)) {
                return value(i);
            }
        }
        return null;
    }

    /// @param lower in small letters
    boolean is(int field, String lower) {
        return Ascii.equalsIgnoreCase(bytes, valueStarts[field], valueEnds[field], lower);
    }

    /// A value that is a length; -1 when it is none.
    long length(int field) {
        int digits = valueEnds[field] - valueStarts[field];
        if (digits == 0 || digits > MAX_DIGITS) {
            return -1;
        }
        long length = 0;
        for (int i = valueStarts[field]; i < valueEnds[field]; i++) {
            if (!Ascii.isDigit(bytes[i])) {
                return -1;
            }
            length = length * 10 + bytes[i] - '0';
        }
        return length;
    }

    /// The words of the `Connection` fields, in small letters.
    Set<String> connectionOptions() {
        var options = new TreeSet<String>();
        for (int i = 0; i < count; i++) {
            if (names[i] == FieldName.CONNECTION) {
                for (var option : value(i).split(",", -1)) {
                    options.add(option.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return options;
    }

    /// Which lines are written on.
    interface Passing {
        boolean passes(FieldName name, int field);
    }

    /// Writes the lines that pass as they came, without the empty line.
    void write(ByteBuf out, Passing passing) {
        int from = starts[0];
        for (int i = 0; i < count; i++) {
            if (!passing.passes(names[i], i)) {
                out.writeBytes(bytes, from, starts[i] - from);
                from = starts[i + 1];
            }
        }
        out.writeBytes(bytes, from, starts[count] - from);
    }

    /// Whether a set of names has that of a field.
    boolean isNamed(int field, Set<String> lower) {
        return !lower.isEmpty()
                && lower.contains(
                        Ascii.text(bytes, starts[field], nameEnds[field]).toLowerCase(Locale.ROOT));
    }
}
