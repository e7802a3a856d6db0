package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ekiden.planner.core.Settings.Strategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UpCommandTest {
    private final UpCommand command =
            new UpCommand(new Terminal(System.out, System.err, /* rewrites= */ false));

    private void parse(String args) {
        new CommandLine(command).parseArgs(args.isEmpty() ? new String[0] : args.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({"'', SPREAD", "--placement spread, SPREAD", "--placement=binpack, BINPACK"})
    void spreadsUnlessToldToBinpack(String args, Strategy placement) {
        parse(args);

        assertThat(command.placement()).isEqualTo(placement);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--placement", "--placement dense", "--placement BINPACK"})
    void anyOtherPlacementIsRefused(String args) {
        assertThatExceptionOfType(CommandLine.ParameterException.class)
                .isThrownBy(() -> parse(args));
    }
}
