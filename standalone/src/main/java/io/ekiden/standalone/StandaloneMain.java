package io.ekiden.standalone;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/// The command line: `up`, `down`, `replay`, `token`, `secret` and `exec`. What goes wrong is one
/// line on stderr and one of the [ExitCode]s.
@Command(
        name = "ekiden",
        description = "A container orchestrator with Marathon's API that keeps its state on Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = StandaloneMain.Version.class)
public final class StandaloneMain {
    /// Set by the launcher, which can tell what stderr is.
    private static final String STDERR_IS_TERMINAL = "EKIDEN_STDERR_IS_TERMINAL";

    private StandaloneMain() {}

    public static void main(String[] args) {
        var terminal = Terminal.ofProcess(System.getenv(STDERR_IS_TERMINAL) != null);
        System.exit(commandLine(terminal).execute(args));
    }

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new StandaloneMain())
                .addSubcommand(new UpCommand(terminal))
                .addSubcommand(new DownCommand(terminal))
                .addSubcommand(new ReplayCommand(terminal))
                .addSubcommand(new TokenCommand(terminal))
                .addSubcommand(new SecretCommand(terminal, System.in))
                .addSubcommand(new ExecCommand(System.in, System.out, System.err))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, _) -> refuse(terminal, e))
                .setExecutionExceptionHandler((e, _, _) -> fail(terminal, e));
    }

    private static int refuse(Terminal terminal, ParameterException e) {
        var command = e.getCommandLine().getCommandSpec().qualifiedName();
        terminal.say("%s; see %s --help".formatted(oneLine(e.getMessage()), command));
        return ExitCode.USAGE;
    }

    private static int fail(Terminal terminal, Exception e) {
        if (e instanceof CommandFailure failure) {
            terminal.say(oneLine(failure.getMessage()));
            return failure.exitCode();
        }
        terminal.say(oneLine(e.toString()));
        return ExitCode.FAILED;
    }

    private static String oneLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /// The version that the build wrote into the jar.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"ekiden " + number()};
        }

        static String number() {
            return Optional.ofNullable(StandaloneMain.class.getPackage().getImplementationVersion())
                    .orElse("unpackaged");
        }
    }
}
