package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.command.InspectContainerResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateTest {
    private static final ObjectMapper ENGINE =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @ParameterizedTest
    @CsvSource({
        "created,  0001-01-01T00:00:00Z,           CREATED",
        "running,  2026-11-27T02:10:00.123456789Z, RUNNING",
        "paused,   2026-11-27T02:10:00.123456789Z, RUNNING",
        "exited,   2026-11-27T02:10:00.123456789Z, ENDED",
        "dead,     2026-11-27T02:10:00.123456789Z, ENDED",
        "removing, 2026-11-27T02:10:00.123456789Z, ENDED",
        "removing, 0001-01-01T00:00:00Z,           CREATED",
        "dead,     0001-01-01T00:00:00Z,           CREATED",
    })
    void aContainerThatNeverBeganHasNotEnded(String status, String startedAt, State expected)
            throws JsonProcessingException {
        var said =
                ENGINE.readValue(
                        "{\"State\": {\"Status\": \"%s\", \"StartedAt\": \"%s\"}}"
                                .formatted(status, startedAt),
                        InspectContainerResponse.class);

        assertThat(State.of(said)).isEqualTo(expected);
    }
}
