package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Accept;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.log.ChangeWriter;
import io.ekiden.gateway.log.Follower;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// How the gateway itself is: `/ping` and `/metrics`.
final class Health {
    private static final String PREFIX = "ekiden_gateway_";

    private final Follower follower;
    private final ChangeWriter writer;
    private final EventStreams events;
    private final Traffic traffic;
    private final Refusals refusals;

    Health(
            Follower follower,
            ChangeWriter writer,
            EventStreams events,
            Traffic traffic,
            Refusals refusals) {
        this.follower = follower;
        this.writer = writer;
        this.events = events;
        this.traffic = traffic;
        this.refusals = refusals;
    }

    /// `pong` only when the state is served and the planner has decided an input.
    Answer ping(ApiRequest request) {
        var trouble = follower.trouble();
        if (trouble.isPresent()) {
            return Failures.unavailable(trouble.get());
        }
        if (follower.sequence() == 0) {
            return Failures.unavailable("the planner has not decided anything yet");
        }
        var accept = Accept.of(request.accept());
        if (accept.allows("text/plain")) {
            return Answer.text(200, "text/plain", "pong");
        }
        if (accept.allows("text/html")) {
            return Answer.text(200, "text/html", "pong");
        }
        return accept.allows("application/json")
                ? Answer.text(200, "application/json", "\"pong\"")
                : Answer.empty(204);
    }

    Answer metrics(ApiRequest request) {
        var body = Answer.object();
        var gauges = body.putObject("gauges");
        figures().forEach((name, value) -> gauges.putObject(name).put("value", value));
        return Answer.ok(body);
    }

    Answer prometheus(ApiRequest request) {
        var text =
                figures().entrySet().stream()
                        .map(figure -> PREFIX + figure.getKey() + " " + figure.getValue() + "\n")
                        .collect(Collectors.joining());
        return Answer.text(200, "text/plain; version=0.0.4", text);
    }

    private Map<String, Long> figures() {
        var figures = new LinkedHashMap<String, Long>();
        figures.put("sequence", follower.sequence());
        figures.put("journal_offset", follower.appliedOffset());
        figures.put("following", follower.trouble().isEmpty() ? 1L : 0L);
        figures.put("foreign_records", follower.foreignRecords());
        figures.put("parked_writes", (long) writer.parked());
        figures.put("event_streams", (long) events.size());
        figures.put("requests_in_flight", (long) traffic.inFlight());
        figures.put("refused_unauthenticated", refusals.unauthenticated());
        figures.put("refused_forbidden", refusals.forbidden());
        for (int hundred = 1; hundred <= 5; hundred++) {
            figures.put("answers_" + hundred + "xx", traffic.answered(hundred));
        }
        return figures;
    }
}
