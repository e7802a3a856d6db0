package io.ekiden.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SealingKeyTest {
    private static final TaskId TASK =
            TaskId.parse("shop_web.instance-00000000-0000-0000-0000-000000000001._app.1")
                    .orElseThrow();
    private static final TaskId OTHER =
            TaskId.parse("shop_web.instance-00000000-0000-0000-0000-000000000002._app.1")
                    .orElseThrow();

    private final SealingKey mine = SealingKey.random();

    private static TaskSecrets secrets() {
        var values = new TreeMap<String, byte[]>();
        values.put("db", "CANARY".getBytes(StandardCharsets.UTF_8));
        return TaskSecrets.of(values);
    }

    @Test
    void whatIsSealedForAKeyOnlyThatKeyOpens() {
        var sealed = secrets().sealedFor(mine.publicText(), TASK).orElseThrow();

        assertThat(TaskSecrets.open(mine, TASK, sealed)).contains(secrets());
        assertThat(TaskSecrets.open(SealingKey.random(), TASK, sealed)).isEmpty();
    }

    @Test
    void whatIsSealedForATaskIsNothingForAnother() {
        var sealed = secrets().sealedFor(mine.publicText(), TASK).orElseThrow();

        assertThat(TaskSecrets.open(mine, OTHER, sealed)).isEmpty();
    }

    @Test
    void nothingSealedIsReadableNorTheSameTwice() {
        var sealed = secrets().sealedFor(mine.publicText(), TASK).orElseThrow();

        assertThat(new String(sealed, StandardCharsets.ISO_8859_1))
                .doesNotContain("Q0FOQVJZ", "db");
        assertThat(secrets().sealedFor(mine.publicText(), TASK).orElseThrow()).isNotEqualTo(sealed);
    }

    @Test
    void whateverIsChangedOnTheWayOpensNothing() {
        var sealed = secrets().sealedFor(mine.publicText(), TASK).orElseThrow();

        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(TaskSecrets.open(mine, TASK, changed)).as("byte %d", i).isEmpty();
        }
        assertThat(TaskSecrets.open(mine, TASK, new byte[0])).isEmpty();
        assertThat(TaskSecrets.open(mine, TASK, new byte[] {90, 1})).isEmpty();
    }

    @Test
    void whatIsNoPublicKeySealsNothing() {
        assertThat(secrets().sealedFor("no key", TASK)).isEmpty();
        assertThat(secrets().sealedFor("AAAA", TASK)).isEmpty();
    }

    @Test
    void aValueIsNotInItsText() {
        assertThat(secrets().toString()).contains("db").doesNotContain("CANARY", "Q0FOQVJZ");
    }
}
