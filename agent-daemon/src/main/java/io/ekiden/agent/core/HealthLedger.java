package io.ekiden.agent.core;

import io.ekiden.model.HealthCheck;
import io.ekiden.model.Instance.HealthResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is known of one task's health: a fold over the outcomes of its probes. A failure within the
/// grace period and before the first success of its check does not count.
///
/// @param checks the last word on each health check, in their order; absent before the first that
///   counts
public record HealthLedger(List<Optional<HealthResult>> checks) {
    /// Longest cause of a failure, in characters.
    private static final int MAX_CAUSE = 256;

    /// What one probe found.
    public sealed interface Outcome {
        record Healthy() implements Outcome {}

        record Unhealthy(String cause) implements Outcome {}

        /// Says nothing either way, such as an HTTP status 1xx that is to be ignored.
        record Ignored() implements Outcome {}
    }

    /// @param tell whether the planner is to be told: a first result, a turn, or exhaustion
    /// @param exhausted this very probe was the last failure in a row that was allowed
    public record Entry(HealthLedger ledger, boolean tell, boolean exhausted) {}

    public HealthLedger {
        checks = List.copyOf(checks);
    }

    public static HealthLedger of(int checks) {
        return new HealthLedger(
                Stream.generate(Optional::<HealthResult>empty).limit(checks).toList());
    }

    /// @param since when the task began to run
    public Entry with(int index, HealthCheck check, Outcome outcome, Instant now, Instant since) {
        var before = checks.get(index);
        return switch (outcome) {
            case Outcome.Ignored _ -> new Entry(this, false, false);
            case Outcome.Healthy _ -> entry(index, before, success(before, now), false);
            case Outcome.Unhealthy(var cause) -> {
                boolean everHealthy = before.flatMap(HealthResult::firstSuccess).isPresent();
                if (!everHealthy && now.isBefore(since.plus(check.gracePeriod()))) {
                    yield new Entry(this, false, false);
                }
                var after = failure(before, now, cause);
                yield entry(
                        index,
                        before,
                        after,
                        after.consecutiveFailures() == check.maxConsecutiveFailures());
            }
        };
    }

    /// Whether every check holds.
    public boolean alive() {
        return checks.stream().allMatch(check -> check.map(HealthResult::alive).orElse(false));
    }

    /// One for each check, in their order; a check without a result is not alive.
    public List<HealthResult> results() {
        return checks.stream()
                .map(check ->
                        check.orElse(
                                new HealthResult(
                                        false,
                                        0,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())))
                .toList();
    }

    public boolean hasResults() {
        return checks.stream().anyMatch(Optional::isPresent);
    }

    private Entry entry(
            int index, Optional<HealthResult> before, HealthResult after, boolean exhausted) {
        var changed = new ArrayList<>(checks);
        changed.set(index, Optional.of(after));
        boolean turned = before.map(HealthResult::alive).filter(a -> a == after.alive()).isEmpty();
        return new Entry(new HealthLedger(changed), turned || exhausted, exhausted);
    }

    private static HealthResult success(Optional<HealthResult> before, Instant now) {
        return new HealthResult(
                true,
                0,
                Optional.of(before.flatMap(HealthResult::firstSuccess).orElse(now)),
                Optional.of(now),
                before.flatMap(HealthResult::lastFailure),
                before.flatMap(HealthResult::lastFailureCause));
    }

    private static HealthResult failure(Optional<HealthResult> before, Instant now, String cause) {
        return new HealthResult(
                false,
                before.map(HealthResult::consecutiveFailures).orElse(0) + 1,
                before.flatMap(HealthResult::firstSuccess),
                before.flatMap(HealthResult::lastSuccess),
                Optional.of(now),
                Optional.of(cause.substring(0, Math.min(MAX_CAUSE, cause.length()))));
    }
}
