package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

    @Test
    void withAndWithoutQuotesItIsTheSame() {
        assertThat(IdempotencyKey.of(List.of("\"8e03-k\"")))
                .isEqualTo(new IdempotencyKey.Read.Ok(Optional.of("8e03-k")))
                .isEqualTo(IdempotencyKey.of(List.of(" 8e03-k ")));
        assertThat(IdempotencyKey.of(List.of()))
                .isEqualTo(new IdempotencyKey.Read.Ok(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "a b", "\"a", "\"a\\\"b\"", "\u00e4", "a\tb"})
    void whatIsNoKeyIsRefused(String text) {
        assertThat(IdempotencyKey.of(List.of(text))).isInstanceOf(IdempotencyKey.Read.Wrong.class);
    }

    @Test
    void aKeyIsNotLongAndAlone() {
        assertThat(IdempotencyKey.of(List.of("k".repeat(255))))
                .isInstanceOf(IdempotencyKey.Read.Ok.class);
        assertThat(IdempotencyKey.of(List.of("k".repeat(256))))
                .isInstanceOf(IdempotencyKey.Read.Wrong.class);
        assertThat(IdempotencyKey.of(List.of("a", "a")))
                .isInstanceOf(IdempotencyKey.Read.Wrong.class);
    }
}
