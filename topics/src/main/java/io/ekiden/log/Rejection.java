package io.ekiden.log;

import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.List;

/// Why a wanted change was refused. A refusal is an answer, not a failure: the planner computes it,
/// it travels in the journal entry, and it is never an exception. The texts are Marathon's.
public sealed interface Rejection {

    /// Something that the change names does not exist.
    record NotFound(String message) implements Rejection {
        public static NotFound app(PathId id) {
            return new NotFound("App '%s' does not exist".formatted(id));
        }

        public static NotFound of(RunSpec.Kind kind, PathId id) {
            return switch (kind) {
                case APP -> app(id);
                case POD -> new NotFound("Pod '%s' does not exist".formatted(id));
            };
        }

        public static NotFound group(PathId id) {
            return new NotFound("Group '%s' does not exist".formatted(id));
        }
    }

    /// An app or a pod of this id is there already.
    record AlreadyExists(RunSpec.Kind kind, PathId id) implements Rejection {
        @Override
        public String message() {
            var what =
                    switch (kind) {
                        case APP -> "An app";
                        case POD -> "A pod";
                    };
            return "%s with id [%s] already exists.".formatted(what, id);
        }
    }

    /// A group, or something else of this path, is there already (409).
    record Conflict(String message) implements Rejection {}

    /// Running deployments hold what the change would touch.
    record Locked(List<String> deployments) implements Rejection {
        public Locked {
            deployments = List.copyOf(deployments);
        }

        @Override
        public String message() {
            return "App is locked by one or more deployments. Override with the option '?force=true'."
                    + " View details at '/v2/deployments/<DEPLOYMENT_ID>'.";
        }
    }

    /// The definition that would result breaks rules.
    record Invalid(List<Problem> problems) implements Rejection {
        public Invalid {
            problems = List.copyOf(problems);
        }

        @Override
        public String message() {
            return problems.stream().anyMatch(Problem::ofForm)
                    ? "Invalid JSON"
                    : "Object is not valid";
        }
    }

    /// An argument outside the definition makes no sense (Marathon's 422 with a message alone).
    record IllegalArgument(String message) implements Rejection {}

    /// Two options exclude one another (400).
    record BadRequest(String message) implements Rejection {}

    /// Too many deployments run.
    record TooManyDeployments() implements Rejection {
        @Override
        public String message() {
            return "Max number ("
                    + Deployment.MAX_RUNNING
                    + ") of running deployments is achieved."
                    + " Wait for existing deployments to complete or cancel one using force=true parameter.";
        }
    }

    /// The change's journal entry would be larger than the log carries (413).
    record TooLarge(long bytes, long limit) implements Rejection {
        @Override
        public String message() {
            return "The change needs %d bytes in the journal; %d are allowed."
                    .formatted(bytes, limit);
        }
    }

    /// What is there is not what the caller made the change depend on (412).
    record PreconditionFailed(String message) implements Rejection {}

    /// Another request of the caller's had this key (422).
    record KeyReused(String key) implements Rejection {
        @Override
        public String message() {
            return "The Idempotency-Key '%s' was used for another request.".formatted(key);
        }
    }

    /// The planner failed at this change, which is a bug of ours; nothing was changed.
    record Failed(String message) implements Rejection {}

    String message();
}
