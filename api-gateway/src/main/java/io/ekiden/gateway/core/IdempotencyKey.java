package io.ekiden.gateway.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a text in quotes, or
/// as most clients send it, without.
public final class IdempotencyKey {
    private static final Pattern FORM =
            Pattern.compile(
                    "\"([\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{1,255})\"|([\\x21\\x23-\\x7e]{1,255})");

    private IdempotencyKey() {}

    /// What was made of the header.
    public sealed interface Read {
        record Ok(Optional<String> key) implements Read {}

        record Wrong(Answer answer) implements Read {}
    }

    /// @param values of the header; empty when it is not there
    public static Read of(List<String> values) {
        if (values.isEmpty()) {
            return new Read.Ok(Optional.empty());
        }
        var form = FORM.matcher(values.getFirst().strip());
        return values.size() == 1 && form.matches()
                ? new Read.Ok(
                        Optional.ofNullable(form.group(1)).or(() -> Optional.of(form.group(2))))
                : new Read.Wrong(
                        Answer.message(
                                400,
                                "Idempotency-Key must be one text of 1 to 255 printable characters"));
    }
}
