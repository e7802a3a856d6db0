package io.ekiden.planner.stream;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// What the threads of one planner tell the outside. A processor that is closed late does not undo
/// what its successor has said.
final class PlannerStatus {
    private final AtomicReference<PlannerProcessor> active = new AtomicReference<>();
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();
    private final AtomicReference<String> refusal = new AtomicReference<>();

    void activated(PlannerProcessor processor, long sequence) {
        active.set(processor);
        this.sequence.set(sequence);
    }

    void deactivated(PlannerProcessor processor) {
        active.compareAndSet(processor, null);
    }

    void decided(long sequence) {
        this.sequence.set(sequence);
    }

    void setAside() {
        deadLetters.incrementAndGet();
    }

    void refused(String why) {
        refusal.compareAndSet(null, why);
    }

    boolean isActive() {
        return active.get() != null;
    }

    long sequence() {
        return sequence.get();
    }

    long deadLetters() {
        return deadLetters.get();
    }

    Optional<String> refusal() {
        return Optional.ofNullable(refusal.get());
    }
}
