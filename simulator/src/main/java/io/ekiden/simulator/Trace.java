package io.ekiden.simulator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What happened, a line for each event: its hash is the same in every run of the same choices; the
/// last lines are kept for a violation.
public final class Trace {
    private static final int KEPT = 60;

    private final Timeline timeline;
    private final Optional<Consumer<String>> sink;
    private final ArrayDeque<String> last = new ArrayDeque<>(KEPT);
    private long hash = 0xcbf29ce484222325L;
    private long events;

    public Trace(Timeline timeline, Optional<Consumer<String>> sink) {
        this.timeline = timeline;
        this.sink = sink;
    }

    public void event(String who, String what) {
        events++;
        long now = timeline.now();
        fold(Long.toString(now));
        fold(who);
        fold(what);
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.add(line(now, who, what));
        sink.ifPresent(to -> to.accept(last.getLast()));
    }

    private static String line(long now, String who, String what) {
        var micros = Long.toString(now % Timeline.SECOND);
        return now / Timeline.SECOND
                + "."
                + "0".repeat(6 - micros.length())
                + micros
                + " "
                + who
                + " "
                + what;
    }

    private void fold(String text) {
        long folded = hash;
        for (int i = 0; i < text.length(); i++) {
            folded = (folded ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (folded ^ 0xff) * 0x100000001b3L;
    }

    public long events() {
        return events;
    }

    /// Sixteen hexadecimal digits over every event so far.
    public String hash() {
        var digits = Long.toHexString(hash);
        return "0".repeat(16 - digits.length()) + digits;
    }

    public List<String> last() {
        return List.copyOf(last);
    }
}
