package io.ekiden.gateway.core;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import java.util.Optional;

/// The answer to a change, from the journal entry that decided it.
public final class Outcome {
    private Outcome() {}

    public static Answer of(Applied applied, Wanted.Success success) {
        for (var fact : applied.entry().facts()) {
            switch (fact) {
                case Fact.Accepted accepted -> {
                    return deployment(success.answer(applied, accepted), accepted);
                }
                case Fact.Planned(var steps, var _) -> {
                    return Answer.ok(DeploymentJson.steps(steps));
                }
                case Fact.Refused(var rejection) -> {
                    return Failures.of(rejection);
                }
                case Fact.InputFailed(var error) -> {
                    return Failures.of(new Rejection.Failed(error));
                }
                default -> {} // the other facts are no answers
            }
        }
        return Failures.of(new Rejection.Failed("The change was decided without an answer."));
    }

    /// The entry that has the answer, when the change came again; then [#of] is not to be asked.
    public static Optional<Long> repeated(JournalEntry entry) {
        return entry.facts().stream()
                .filter(Fact.Repeated.class::isInstance)
                .map(fact -> ((Fact.Repeated) fact).sequence())
                .findFirst();
    }

    private static Answer deployment(Answer answer, Fact.Accepted accepted) {
        return accepted.deploymentId()
                .map(id -> answer.with("Marathon-Deployment-Id", id))
                .orElse(answer);
    }
}
