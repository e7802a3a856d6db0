package io.ekiden.agent.core;

import io.ekiden.model.CheckResult;
import io.ekiden.model.Probe;
import java.util.Optional;

/// What is known of one generic check: a fold over what its probes find.
///
/// @param looked whether a probe has said anything yet
/// @param result of the last that did, if it got an answer
public record CheckLedger(boolean looked, Optional<CheckResult> result) {
    public static final CheckLedger EMPTY = new CheckLedger(false, Optional.empty());

    /// @param tell whether the planner is to be told: the first that a probe says, or another than
    ///   before
    public record Entry(CheckLedger ledger, boolean tell) {}

    public Entry with(Probe probe, Finding finding) {
        return switch (finding) {
            case Finding.Connected _ -> found(Optional.of(new CheckResult.Tcp(true)));
            case Finding.Answered(var status) -> found(Optional.of(new CheckResult.Http(status)));
            case Finding.Exited(var status) -> found(Optional.of(new CheckResult.Command(status)));
            case Finding.Failed _ ->
                    found(
                            probe instanceof Probe.Tcp
                                    ? Optional.of(new CheckResult.Tcp(false))
                                    : Optional.empty());
            case Finding.Unknown _ -> new Entry(this, false);
        };
    }

    private Entry found(Optional<CheckResult> now) {
        return new Entry(new CheckLedger(true, now), !looked || !now.equals(result));
    }
}
