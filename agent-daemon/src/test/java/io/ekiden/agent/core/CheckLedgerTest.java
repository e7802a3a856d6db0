package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.CheckResult;
import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.Probe.Scheme;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CheckLedgerTest {

    /// What the probes find: `+` a connection, a number (of a status or an exit code), `-` no
    /// answer, `?` nothing about the task. What is told of each: a result, `none`, or `.` for
    /// nothing.
    @ParameterizedTest(name = "{0}: {2} tells {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # case                              | probe | finds           | tells
                    the first is told, then changes     | http  | 200 200 503 200 | 200 . 503 200
                    any status is only told             | http  | 101 404         | 101 404
                    no answer is no result              | http  | 200 - - 200     | 200 none . 200
                    also when it is the first           | exec  | - - 0           | none . 0
                    a command's end is told as it is    | exec  | 0 0 1 137       | 0 . 1 137
                    no connection is a result           | tcp   | - - + + -       | false . true . false
                    what says nothing changes nothing   | tcp   | ? + ? +         | . true . .
                    """)
    void folds(String name, String kind, String finds, String tells) {
        var ledger = CheckLedger.EMPTY;
        var told = new StringBuilder();
        for (var found : finds.split(" ", -1)) {
            var entry = ledger.with(probe(kind), finding(kind, found));
            ledger = entry.ledger();
            told.append(' ').append(entry.tell() ? text(ledger.result()) : ".");
        }
        assertThat(told.substring(1)).isEqualTo(tells);
    }

    private static Probe probe(String kind) {
        var port = new Port.Nth(0);
        return switch (kind) {
            case "http" -> new Probe.Http(port, Optional.empty(), Scheme.HTTP);
            case "tcp" -> new Probe.Tcp(port);
            default -> new Probe.Exec("true");
        };
    }

    private static Finding finding(String kind, String found) {
        return switch (found) {
            case "+" -> new Finding.Connected();
            case "-" -> new Finding.Failed("timed out");
            case "?" -> new Finding.Unknown();
            default ->
                    kind.equals("http")
                            ? new Finding.Answered(Integer.parseInt(found))
                            : new Finding.Exited(Integer.parseInt(found));
        };
    }

    private static String text(Optional<CheckResult> result) {
        if (result.isEmpty()) {
            return "none";
        }
        return switch (result.get()) {
            case CheckResult.Http(var status) -> "" + status;
            case CheckResult.Tcp(var succeeded) -> "" + succeeded;
            case CheckResult.Command(var code) -> "" + code;
        };
    }
}
