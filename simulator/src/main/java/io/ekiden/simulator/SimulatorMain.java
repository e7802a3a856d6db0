package io.ekiden.simulator;

import picocli.CommandLine;

/// The command line's entry point.
public final class SimulatorMain {
    private SimulatorMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SimulateCommand()).execute(args));
    }
}
