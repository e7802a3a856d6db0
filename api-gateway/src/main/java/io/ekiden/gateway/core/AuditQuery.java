package io.ekiden.gateway.core;

import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What a request wants of the audit.
///
/// @param resource what the record is about is this or within it
/// @param from and `to` between which it was written, `to` not included
/// @param cursor where a former answer ended
public record AuditQuery(
        Optional<String> actor,
        Optional<PathId> resource,
        Optional<String> verb,
        Optional<AuditRecord.Outcome> outcome,
        Optional<Instant> from,
        Optional<Instant> to,
        int limit,
        Optional<Cursor> cursor) {
    static final int LIMIT = 100;
    public static final int MAX_LIMIT = 1000;

    /// Everything from here on has been told.
    ///
    /// @param journal an offset there
    /// @param refused an offset on `audit-refused`
    public record Cursor(long journal, long refused) {
        private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

        static Optional<Cursor> parse(String text) {
            var parts = TEXT.matcher(text);
            return parts.matches()
                    ? Optional.of(
                            new Cursor(
                                    Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
                    : Optional.empty();
        }

        public String text() {
            return journal + "-" + refused;
        }
    }

    /// What was made of a request's parameters.
    public sealed interface Read {
        record Ok(AuditQuery query) implements Read {}

        record Wrong(Answer answer) implements Read {}
    }

    public static Read of(ApiRequest request) {
        for (var name : new String[] {"from", "to"}) {
            var text = request.first(name);
            if (text.isPresent() && text.flatMap(Timestamps::parse).isEmpty()) {
                return new Read.Wrong(Failures.badTimestamp(text.get()));
            }
        }
        var limit = request.first("limit").map(AuditQuery::number).orElse(LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            return wrong("limit must be a number from 1 to " + MAX_LIMIT);
        }
        var cursor = request.first("cursor");
        if (cursor.isPresent() && cursor.flatMap(Cursor::parse).isEmpty()) {
            return wrong("cursor is none that was given");
        }
        var outcome = request.first("outcome");
        if (outcome.isPresent() && outcome.flatMap(AuditQuery::outcome).isEmpty()) {
            return wrong("outcome must be accepted, repeated or refused");
        }
        return new Read.Ok(
                new AuditQuery(
                        request.first("actor"),
                        request.first("resource").map(PathId::of),
                        request.first("verb"),
                        outcome.flatMap(AuditQuery::outcome),
                        request.first("from").flatMap(Timestamps::parse),
                        request.first("to").flatMap(Timestamps::parse),
                        limit,
                        cursor.flatMap(Cursor::parse)));
    }

    private static Read wrong(String message) {
        return new Read.Wrong(Answer.message(422, message));
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static Optional<AuditRecord.Outcome> outcome(String text) {
        return Arrays.stream(AuditRecord.Outcome.values())
                .filter(one -> one.text().equals(text))
                .findFirst();
    }

    /// @param seen which paths the caller may see: by others nothing is found
    public boolean wants(AuditRecord record, Predicate<PathId> seen) {
        return actor.filter(name -> !name.equals(record.actor())).isEmpty()
                && verb.filter(word -> !word.equalsIgnoreCase(record.verb())).isEmpty()
                && outcome.filter(one -> one != record.outcome()).isEmpty()
                && from.filter(time -> record.time().isBefore(time)).isEmpty()
                && to.filter(time -> !record.time().isBefore(time)).isEmpty()
                && resource.map(id ->
                                record.resources().stream()
                                        .filter(seen)
                                        .anyMatch(one -> one.isWithin(id)))
                        .orElse(true);
    }
}
