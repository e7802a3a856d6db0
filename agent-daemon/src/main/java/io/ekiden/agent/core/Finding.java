package io.ekiden.agent.core;

import io.ekiden.agent.core.HealthLedger.Outcome;

/// What one probe of a task has found, before anybody concludes anything from it.
public sealed interface Finding {

    /// A connection was made.
    record Connected() implements Finding {}

    /// An HTTP answer with this status has begun.
    record Answered(int status) implements Finding {}

    /// The command has ended.
    ///
    /// @param status as a shell gives it: 128 + n for signal n
    record Exited(int status) implements Finding {}

    /// No connection, answer or end came in time.
    ///
    /// @param why for people
    record Failed(String why) implements Finding {}

    /// Says nothing about the task: what would have carried out the probe was not there.
    record Unknown() implements Finding {}

    /// What it means for the task's health (Marathon's rules: statuses 200 to 399 are healthy).
    ///
    /// @param ignore1xx whether statuses below 200 say nothing
    default Outcome health(boolean ignore1xx) {
        return switch (this) {
            case Connected _ -> new Outcome.Healthy();
            case Answered(var status) when status >= 200 && status < 400 -> new Outcome.Healthy();
            case Answered(var status) ->
                    status < 200 && ignore1xx
                            ? new Outcome.Ignored()
                            : new Outcome.Unhealthy("HTTP status " + status);
            case Exited(var status) ->
                    status == 0
                            ? new Outcome.Healthy()
                            : new Outcome.Unhealthy(ExitText.of(status));
            case Failed(var why) -> new Outcome.Unhealthy(why);
            case Unknown _ -> new Outcome.Ignored();
        };
    }
}
