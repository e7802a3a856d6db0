package io.ekiden.gateway.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Failures;
import io.ekiden.log.Problem;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/// `/logging`: how much this process logs, and more or less of it for a while.
final class Logging {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Logging.class);
    private static final List<String> LEVELS =
            List.of("trace", "debug", "info", "warn", "error", "all", "off");

    /// A day.
    private static final int MAX_SECONDS = 86_400;

    private static final int MAX_NAME = 200;

    private final Vertx vertx;
    private final LoggerContext loggers;
    private final Map<Logger, Change> changes = new HashMap<>();

    Logging(Vertx vertx, LoggerContext loggers) {
        this.vertx = vertx;
        this.loggers = loggers;
    }

    /// @param before the level that it had itself; empty when it inherited one
    /// @param timer that brings it back
    private record Change(Optional<Level> before, long timer) {}

    Answer levels(ApiRequest request) {
        var levels = Answer.object();
        for (var logger : loggers.getLoggerList()) {
            var own = logger.getLevel();
            levels.put(
                    logger.getName(),
                    own == null ? logger.getEffectiveLevel() + " (inherited)" : own.toString());
        }
        return Answer.ok(levels);
    }

    /// Answers with what was wanted, as Marathon does.
    Answer change(ApiRequest request) {
        var body = request.body().orElseThrow();
        var problem = problem(body);
        if (problem.isPresent()) {
            return Failures.invalid(List.of(problem.get()));
        }
        var seconds = body.path("durationSeconds");
        set(
                loggers.getLogger(body.path("logger").textValue()),
                Level.toLevel(body.path("level").textValue()),
                seconds.isNumber() ? Optional.of(seconds.intValue()) : Optional.empty());
        return Answer.ok(body);
    }

    private static Optional<Problem> problem(JsonNode body) {
        if (!(body instanceof ObjectNode change)) {
            return Optional.of(Problem.form("/", "error.expected.jsobject"));
        }
        return text(change, "logger")
                .or(() ->
                        change.path("logger").textValue().isEmpty()
                                ? Optional.of(Problem.form("/logger", "error.minLength"))
                                : Optional.empty())
                .or(() ->
                        change.path("logger").textValue().length() > MAX_NAME
                                ? Optional.of(Problem.form("/logger", "error.maxLength"))
                                : Optional.empty())
                .or(() -> text(change, "level"))
                .or(() ->
                        LEVELS.contains(change.path("level").textValue().toLowerCase(Locale.ROOT))
                                ? Optional.empty()
                                : Optional.of(Problem.form("/level", "error.unknown.enum.literal")))
                .or(() -> duration(change.path("durationSeconds")));
    }

    private static Optional<Problem> text(ObjectNode change, String field) {
        if (!change.hasNonNull(field)) {
            return Optional.of(Problem.form("/" + field, "error.path.missing"));
        }
        return change.path(field).isTextual()
                ? Optional.empty()
                : Optional.of(Problem.form("/" + field, "error.expected.jsstring"));
    }

    private static Optional<Problem> duration(JsonNode seconds) {
        if (seconds.isMissingNode() || seconds.isNull()) {
            return Optional.empty();
        }
        if (!seconds.canConvertToInt() || !seconds.isIntegralNumber()) {
            return Optional.of(Problem.form("/durationSeconds", "error.expected.int"));
        }
        if (seconds.intValue() < 1) {
            return Optional.of(Problem.form("/durationSeconds", "error.min"));
        }
        return seconds.intValue() > MAX_SECONDS
                ? Optional.of(Problem.form("/durationSeconds", "error.max"))
                : Optional.empty();
    }

    /// What comes back after several changes is the level that was there before the first.
    private synchronized void set(Logger logger, Level level, Optional<Integer> seconds) {
        var running = Optional.ofNullable(changes.remove(logger));
        running.ifPresent(change -> vertx.cancelTimer(change.timer()));
        var before =
                running.map(Change::before).orElseGet(() -> Optional.ofNullable(logger.getLevel()));
        logger.setLevel(level);
        seconds.ifPresent(time ->
                changes.put(
                        logger,
                        new Change(before, vertx.setTimer(time * 1000L, _ -> restore(logger)))));
        LOG.info(
                "logger={} level={} seconds={}",
                Refusals.printable(logger.getName()),
                level,
                seconds.map(String::valueOf).orElse("for-good"));
    }

    private synchronized void restore(Logger logger) {
        var change = changes.remove(logger);
        if (change != null) {
            logger.setLevel(change.before().orElse(null));
            LOG.info("logger={} level=restored", Refusals.printable(logger.getName()));
        }
    }
}
