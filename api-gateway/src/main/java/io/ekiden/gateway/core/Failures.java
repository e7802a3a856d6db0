package io.ekiden.gateway.core;

import static io.ekiden.gateway.core.Answer.json;
import static io.ekiden.gateway.core.Answer.message;
import static io.ekiden.gateway.core.Answer.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.access.Lack;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.List;

/// Every failure that a client can be told of, with Marathon's status and envelope: the one place
/// that knows them.
public final class Failures {
    /// Seconds after which a client may well try again when we could not serve it.
    public static final int RETRY_AFTER_SECONDS = 2;

    private Failures() {}

    /// The planner said no.
    public static Answer of(Rejection rejection) {
        return switch (rejection) {
            case Rejection.NotFound(var message) -> notFound(message);
            case Rejection.AlreadyExists exists -> message(409, exists.message());
            case Rejection.Conflict(var message) -> message(409, message);
            case Rejection.Locked locked -> locked(locked);
            case Rejection.Invalid(var problems) -> invalid(problems);
            case Rejection.IllegalArgument(var message) -> message(422, message);
            case Rejection.BadRequest(var message) -> message(400, message);
            case Rejection.TooManyDeployments many -> message(403, many.message());
            case Rejection.TooLarge large -> message(413, large.message());
            case Rejection.PreconditionFailed(var message) -> message(412, message);
            case Rejection.KeyReused reused -> message(422, reused.message());
            case Rejection.Failed(var message) -> message(500, message);
        };
    }

    private static Answer locked(Rejection.Locked locked) {
        var body = object().put("message", locked.message());
        var deployments = body.putArray("deployments");
        locked.deployments().forEach(id -> deployments.addObject().put("id", id));
        return json(409, body);
    }

    public static Answer notFound(String message) {
        var body = object().put("message", message);
        body.putArray("details");
        return json(404, body);
    }

    public static Answer noApp(PathId id) {
        return of(Rejection.NotFound.app(id));
    }

    public static Answer noTask(String id) {
        return notFound("Task '%s' does not exist".formatted(id));
    }

    public static Answer agentGone(String agentId) {
        return notFound("The task was on agent '%s', which is no more".formatted(agentId));
    }

    public static Answer agentServesNoFiles(String agentId) {
        return message(
                503,
                ("Agent '%s' serves no files: start it with --agent-token-file FILE (or"
                                + " EKIDEN_AGENT_TOKEN_FILE), the same token as this gateway's.")
                        .formatted(agentId));
    }

    public static Answer noAgentToken() {
        return message(
                503,
                "This gateway cannot ask agents for files: start it with --agent-token-file FILE"
                        + " (or EKIDEN_AGENT_TOKEN_FILE), the same token as the agents'.");
    }

    public static Answer agentUnreachable(int status, String agent, String why) {
        return message(status, "Agent %s cannot be reached: %s".formatted(agent, why));
    }

    public static Answer agentRefusesToken(String agent) {
        return message(
                502,
                "Agent %s refuses this gateway's token: both need the same --agent-token-file"
                        .formatted(agent));
    }

    public static Answer noExecProtocol(String protocol) {
        return message(
                400,
                "This is a WebSocket: the header Sec-WebSocket-Protocol must offer " + protocol);
    }

    public static Answer noCommand() {
        return message(400, "The command is missing: command=PROGRAM&command=ARGUMENT");
    }

    /// One wrong place of form makes the whole `Invalid JSON`, as in Marathon, where the rules are
    /// only looked at when the form is right.
    public static Answer invalid(List<Problem> problems) {
        var rejection = new Rejection.Invalid(problems);
        var body = object().put("message", rejection.message());
        var details = body.putArray("details");
        problems.forEach(problem -> {
            ObjectNode detail = details.addObject().put("path", problem.path());
            var errors = detail.putArray("errors");
            problem.errors().forEach(errors::add);
        });
        return json(422, body);
    }

    public static Answer unparsable(String parserText) {
        return json(400, object().put("message", "Invalid JSON").put("details", parserText));
    }

    public static Answer noBody() {
        var body = object().put("message", "Please specify data in JSON format");
        return json(400, body.put("details", "No content to map due to end-of-input"));
    }

    public static Answer badTimestamp(String text) {
        return message(
                422,
                "Invalid timestamp provided '%s'. Expecting ISO-8601 datetime string."
                        .formatted(text));
    }

    /// Nobody that is known. What the client must send instead is in the header.
    public static Answer unauthenticated() {
        return message(401, "Invalid username or password.")
                .with("WWW-Authenticate", "Basic realm=\"ekiden\", Bearer realm=\"ekiden\"");
    }

    /// Known, but not allowed. Beyond Marathon's text, what would have been needed.
    public static Answer forbidden(List<Lack> lacks) {
        var body = object().put("message", "Not Authorized to perform this action!");
        var details = body.putArray("details");
        lacks.forEach(lack ->
                details.addObject()
                        .put("path", lack.id().value())
                        .putArray("errors")
                        .add("needs " + lack.needs()));
        return json(403, body);
    }

    public static Answer unknownUri() {
        return notFound("URI not found");
    }

    public static Answer methodNotAllowed(String allow) {
        return message(405, "Method Not Allowed").with("Allow", allow);
    }

    static Answer noLeaderToAbdicate() {
        var body =
                object().put(
                                "message",
                                "There is no leader to abdicate: every gateway serves everything,"
                                        + " and planners take over from one another by themselves.");
        body.putArray("details");
        return json(405, body).with("Allow", "GET, HEAD, OPTIONS");
    }

    public static Answer unsupportedMediaType() {
        return message(415, "Unsupported Media Type");
    }

    public static Answer bodyTooLarge(long limit) {
        return message(413, "The body is larger than the %d bytes allowed.".formatted(limit));
    }

    public static Answer tooManyRequests(int allowed) {
        return unavailable("Too many concurrent requests! Allowed: %d.".formatted(allowed));
    }

    /// There would be room for others.
    public static Answer tooManyOfOne(int allowed) {
        return message(
                        429,
                        "Too many concurrent requests of yours! Allowed: %d.".formatted(allowed))
                .with("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    }

    public static Answer outcomeUnknown(Duration waited) {
        return unavailable(
                ("No decision was seen within %d ms. Whether the change takes effect is unknown:"
                                + " look at the state before trying again.")
                        .formatted(waited.toMillis()));
    }

    public static Answer noFreshRead(String why) {
        return unavailable(
                ("The newest state cannot be told now: %s. Add ?stale=true to see the last known"
                                + " state.")
                        .formatted(why));
    }

    /// The same request is just being decided.
    public static Answer requestInProgress() {
        return message(409, "A request with this Idempotency-Key is being decided.")
                .with("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    }

    public static Answer answerForgotten(long sequence) {
        return message(
                409,
                ("The same request was accepted before, by entry %d of the journal, which is not"
                                + " there any more: look at the state.")
                        .formatted(sequence));
    }

    public static Answer unavailable(String why) {
        return message(503, why).with("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    }

    public static Answer internal() {
        return message(500, "Internal Server Error");
    }
}
