package io.ekiden.simulator;

import java.util.PriorityQueue;

/// Virtual time and what is to happen in it, in microseconds from the beginning. One thread; what
/// falls on the same instant is put in order by a drawn number.
public final class Timeline {
    public static final long MILLI = 1_000;
    public static final long SECOND = 1_000 * MILLI;

    private static final int TIES = 64;

    private final Choices choices;
    private final PriorityQueue<Step> steps = new PriorityQueue<>();
    private long now;
    private long numbers;

    public Timeline(Choices choices) {
        this.choices = choices;
    }

    private record Step(long at, int tie, long number, Runnable work) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            int byTime = Long.compare(at, other.at);
            int byTie = byTime != 0 ? byTime : Integer.compare(tie, other.tie);
            return byTie != 0 ? byTie : Long.compare(number, other.number);
        }
    }

    public long now() {
        return now;
    }

    public void after(long micros, Runnable work) {
        steps.add(
                new Step(now + Math.max(0, micros), choices.choose("tie", TIES), numbers++, work));
    }

    /// Takes the next step; false when there is none before or at `end`, which it is then.
    public boolean step(long end) {
        var next = steps.peek();
        if (next == null || next.at > end) {
            now = Math.max(now, end);
            return false;
        }
        steps.remove();
        now = next.at;
        next.work.run();
        return true;
    }
}
