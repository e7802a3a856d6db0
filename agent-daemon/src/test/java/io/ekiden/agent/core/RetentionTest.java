package io.ekiden.agent.core;

import static io.ekiden.agent.Given.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Retention.Kept;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RetentionTest {
    private final Retention retention = new Retention(2, Duration.ofDays(7));

    private static Kept kept(String app, int hoursAgo) {
        return new Kept(
                Given.taskId(),
                Optional.of(PathId.of(app)),
                NOON.minus(Duration.ofHours(hoursAgo)));
    }

    @Test
    void keepsTheNewestOfEachApp() {
        var oldest = kept("/a", 3);
        var all = List.of(kept("/a", 1), oldest, kept("/a", 2), kept("/b", 5), kept("/b", 6));
        assertThat(retention.expired(all, NOON)).containsExactly(oldest.taskId());
    }

    @Test
    void keepsNothingForLongerThanItsAge() {
        var old = kept("/a", 7 * 24 + 1);
        assertThat(retention.expired(List.of(old, kept("/a", 7 * 24)), NOON))
                .containsExactly(old.taskId());
    }
}
