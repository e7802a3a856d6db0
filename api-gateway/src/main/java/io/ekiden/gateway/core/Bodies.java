package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The checks of form that all request bodies share.
final class Bodies {
    private Bodies() {}

    static Wanted object(ApiRequest request, Function<ObjectNode, Wanted> next) {
        return request.body().orElseThrow() instanceof ObjectNode object
                ? next.apply(object)
                : invalid(Problem.form("/", "error.expected.jsobject"));
    }

    static Wanted array(ApiRequest request, Function<ArrayNode, Wanted> next) {
        return request.body().orElseThrow() instanceof ArrayNode array
                ? next.apply(array)
                : invalid(Problem.form("/", "error.expected.jsarray"));
    }

    static Wanted refuse(Answer answer) {
        return new Wanted.Refused(answer);
    }

    static Wanted invalid(Problem... problems) {
        return refuse(Failures.invalid(List.of(problems)));
    }

    /// What is wrong with the id in a path that is about to be made an app's.
    static Optional<Answer> idProblem(PathId id) {
        return id.problem().map(text -> Failures.invalid(List.of(Problem.rule("/id", text))));
    }

    /// `{"version": …}` alone asks for the return to a version: is that a time at all?
    static Optional<Answer> versionProblem(ObjectNode definition) {
        JsonNode version = definition.path("version");
        return definition.size() == 1 && version.isTextual()
                ? Optional.of(version.textValue())
                        .filter(text -> Timestamps.parse(text).isEmpty())
                        .map(Failures::badTimestamp)
                : Optional.empty();
    }

    /// Both `scale` and `wipe` make no sense.
    static Optional<Answer> scaleAndWipe(ApiRequest request) {
        return request.flag("scale", false) && request.flag("wipe", false)
                ? Optional.of(
                        Answer.message(400, "You cannot use scale and wipe at the same time."))
                : Optional.empty();
    }
}
