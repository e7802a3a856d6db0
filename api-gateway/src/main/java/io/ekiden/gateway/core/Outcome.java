package io.ekiden.gateway.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;

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

    private static Answer deployment(Answer answer, Fact.Accepted accepted) {
        return accepted.deploymentId()
                .map(id -> answer.with("Marathon-Deployment-Id", id))
                .orElse(answer);
    }
}
