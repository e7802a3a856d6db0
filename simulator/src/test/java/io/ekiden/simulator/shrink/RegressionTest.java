package io.ekiden.simulator.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RegressionTest {
    @Test
    void isReadAsItWasWritten() {
        var choices = new TreeMap<String, int[]>();
        choices.put("options.fault", new int[] {0, 0, 0, 1, 0, 0});
        choices.put("tie", new int[] {5, 5, 7});
        choices.put("calm", new int[] {0, 0});
        var text = new Regression("1-once", 42, "agents=1", "seen\ntwice", choices).text();
        assertThat(text)
                .isEqualTo(
                        """
                        invariant: 1-once
                        seed: 42
                        options: agents=1
                        detail: seen twice
                        choices options.fault: 0*3 1
                        choices tie: 5*2 7
                        """);
        var read = Regression.parse(text);
        assertThat(read.text()).isEqualTo(text);
        assertThat(read.choices().get("options.fault")).containsExactly(0, 0, 0, 1);
        assertThat(read.choices().get("tie")).containsExactly(5, 5, 7);
    }
}
