package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.model.PathId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupChangesTest {
    @Test
    void enforceRoleIsHandedOn() {
        var wanted = GroupChanges.enforceRole(Ask.with("/dev", "{\"enforceRole\":false}"));

        assertThat(wanted)
                .isInstanceOfSatisfying(
                        Wanted.Write.class,
                        write -> {
                            var change = (Change.EnforceRole) write.change();
                            assertThat(change.id()).isEqualTo(PathId.of("/dev"));
                            assertThat(change.definition().path("enforceRole").asBoolean(true))
                                    .isFalse();
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /dev   | {"enforceRole":"no"}             | /enforceRole | error.expected.jsboolean
                    /dev   | {}                               | /enforceRole | error.path.missing
                    /dev   | {"enforceRole":false,"apps":[]}  | /apps        | only enforceRole can be changed this way
                    /dev/a | {"enforceRole":false}            | /id          | Path needs to be top-level
                    /      | {"enforceRole":false}            | /id          | Path needs to be top-level
                    """)
    void whatCannotBeEnforcedIsRefused(String id, String body, String path, String error) {
        var wanted = GroupChanges.enforceRole(Ask.with(id, body));

        assertThat(wanted).isInstanceOf(Wanted.Refused.class);
        var answer = ((Wanted.Refused) wanted).answer();
        assertThat(answer.status()).isEqualTo(422);
        var detail = Ask.json(answer).path("details").get(0);
        assertThat(detail.path("path").asText()).isEqualTo(path);
        assertThat(Ask.texts(detail.path("errors"))).containsExactly(error);
    }
}
