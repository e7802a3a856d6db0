package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TaskAddressTest {
    @Test
    void tasksOfAnAgentWhoseNameOnlyEkidenKnowsAreOnLoopback() {
        assertThat(TaskAddress.of("a-name-only-ekiden-knows.invalid"))
                .isEqualTo(new TaskAddress("127.0.0.1", "127.0.0.1"));
    }

    @Test
    void aNameThatCanBeResolvedIsKeptForTheTasks() {
        assertThat(TaskAddress.of("127.0.0.3"))
                .isEqualTo(new TaskAddress("127.0.0.3", "127.0.0.3"));
        assertThat(TaskAddress.of("localhost").host()).isEqualTo("localhost");
    }
}
