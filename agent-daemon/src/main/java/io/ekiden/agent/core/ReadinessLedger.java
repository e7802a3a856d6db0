package io.ekiden.agent.core;

import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ReadinessResponse;
import java.util.Optional;

/// What is known of one task's readiness: a fold over the answers to its check. The first answer
/// that means ready is the last that is asked for (Marathon's rule).
///
/// @param last absent before the first answer
public record ReadinessLedger(Optional<Readiness> last) {

    /// @param tell whether the planner is to be told: the first answer, or it has changed
    public record Entry(ReadinessLedger ledger, boolean tell) {}

    /// Whether the task is ready and need not be asked any more.
    public boolean done() {
        return last.filter(Readiness::ready).isPresent();
    }

    public Entry with(ReadinessCheck check, ReadinessResponse answer) {
        var now =
                Optional.of(
                        new Readiness(
                                check.statusCodesForReady().contains(answer.status()),
                                check.preserveLastResponse()
                                        ? Optional.of(answer)
                                        : Optional.empty()));
        return new Entry(new ReadinessLedger(now), !now.equals(last));
    }
}
