package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.model.ReadinessCheck.Protocol;
import io.ekiden.model.ReadinessResponse;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReadinessLedgerTest {

    /// Answers by their status and body. What is told of each: `R` ready, `n` not ready, `.`
    /// nothing. After `R` nobody asks any more.
    @ParameterizedTest(name = "{0}: {2} tells {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # case                                     | keep  | answers                 | told
                    ready at once                              | false | 200a 200a               | R
                    any code of the list                       | false | 204a                    | R
                    no other code, though HTTP calls it good   | false | 201a 302a 200a          | n.R
                    the first no is told once                  | false | 503a 500b 504c 200a     | n..R
                    what is not kept makes no difference       | false | 503a 503b 503c          | n..
                    a kept answer is told when it has changed  | true  | 503a 503b 503b 500b     | nn.n
                    ready with the last answer                 | true  | 503a 200a 503a          | nR
                    """)
    void folds(String name, boolean keep, String answers, String told) {
        var check = Given.readinessCheck(Protocol.HTTP, keep);
        var ledger = new ReadinessLedger(Optional.empty());
        var seen = new StringBuilder();
        for (var text : answers.split(" ", -1)) {
            if (ledger.done()) {
                break;
            }
            var answer =
                    new ReadinessResponse(
                            Integer.parseInt(text.substring(0, 3)), "t", text.substring(3));
            var entry = ledger.with(check, answer);
            ledger = entry.ledger();
            seen.append(!entry.tell() ? '.' : ledger.done() ? 'R' : 'n');
            assertThat(ledger.last().orElseThrow().lastResponse())
                    .isEqualTo(keep ? Optional.of(answer) : Optional.empty());
        }
        assertThat(seen).hasToString(told);
    }
}
