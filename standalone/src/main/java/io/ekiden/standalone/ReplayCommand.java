package io.ekiden.standalone;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.JournalReader;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Replay;
import io.ekiden.planner.core.Settings;
import io.ekiden.planner.core.Settings.Strategy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `ekiden replay`: decides the whole journal again, with the planner of this build, and tells
/// whether every decision comes out as it is recorded; if not, where the first difference is. It
/// writes nothing. That the hashes of the entries fit together is checked on the way.
@Command(
        name = "replay",
        description =
                "Decide the journal of an Ekiden again and compare: equal, or the first difference.",
        footer = {
            "",
            "Exit codes: 0 no difference, 1 a difference, a damaged journal or none that can be judged,"
                    + " 2 usage."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = StandaloneMain.Version.class)
final class ReplayCommand implements Callable<Integer> {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".ekiden",
            description = "That of a running ekiden up (default: ./.ekiden).")
    private Path dataDir;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Instead: the Kafka of separate processes.")
    private String bootstrapServers;

    @Option(
            names = "--prefix",
            paramLabel = "NAME",
            defaultValue = Topics.DEFAULT_PREFIX,
            description = "What the names of the topics begin with (default: ${DEFAULT-VALUE}).")
    private String prefix;

    @Option(
            names = "--service-ports",
            paramLabel = "FROM-TO",
            converter = Converters.ForRange.class,
            description = "As the planner had them (default: those of the running ekiden up).")
    private PortRange servicePorts;

    private final Terminal terminal;

    ReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// What was found.
    private static final class Findings {
        private long first;
        private long judged;
        private long otherSettings;
        private long differences;
        private Optional<Replay.Difference> difference = Optional.empty();
    }

    @Override
    public Integer call() throws CommandFailure {
        var ports = Settings.DEFAULT.servicePorts();
        var servers = bootstrapServers;
        if (servers == null) {
            var running = running();
            servers = running.kafka();
            ports = range(running.servicePorts());
        }
        if (servicePorts != null) {
            ports = servicePorts;
        }
        return tell(decideAgain(servers, ports), ports);
    }

    private Instance running() throws CommandFailure {
        return DataDirectory.of(dataDir)
                .instance()
                .filter(instance -> instance.process().isPresent())
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "no Ekiden runs in %s: its journal is read from its broker"
                                        .formatted(dataDir)));
    }

    private static PortRange range(String text) {
        return new Converters.ForRange().convert(text);
    }

    /// With either placement: an entry tells which it was decided with.
    private Findings decideAgain(String servers, PortRange ports) throws CommandFailure {
        var settings = Settings.DEFAULT.withServicePorts(ports);
        var replay =
                new Replay(
                        Arrays.stream(Strategy.values())
                                .map(settings::withStrategy)
                                .toArray(Settings[]::new));
        var findings = new Findings();
        try {
            JournalReader.read(
                    Map.of("bootstrap.servers", servers),
                    new Topics(prefix),
                    entry -> take(entry, replay, findings));
        } catch (JournalReader.Damaged e) {
            throw CommandFailure.failed("the journal is damaged: " + e.getMessage());
        } catch (KafkaException e) {
            throw CommandFailure.failed(
                    "cannot read the journal at %s: %s".formatted(servers, e.getMessage()));
        }
        if (findings.first > 1) {
            throw CommandFailure.failed(
                    "the journal begins at entry %d; what was before is not kept, so nothing can be decided again"
                            .formatted(findings.first));
        }
        return findings;
    }

    private static void take(JournalEntry entry, Replay replay, Findings findings) {
        findings.first = findings.first == 0 ? entry.sequence() : findings.first;
        if (findings.first > 1) {
            return;
        }
        if (replay.known(entry)) {
            findings.judged++;
        } else {
            findings.otherSettings++;
        }
        var difference = replay.take(entry);
        findings.differences += difference.isPresent() ? 1 : 0;
        findings.difference = findings.difference.or(() -> difference);
    }

    private int tell(Findings findings, PortRange ports) {
        if (findings.otherSettings > 0) {
            terminal.say(
                    "%d entries were decided with other service ports than %d-%d, or by a later version, and are not judged"
                            .formatted(findings.otherSettings, ports.begin(), ports.end()));
        }
        findings.difference.ifPresent(this::tell);
        terminal.result(
                "replayed %d entries, %d with a difference"
                        .formatted(findings.judged, findings.differences));
        // What nobody has looked at is not proven.
        return findings.differences == 0 && findings.judged > 0
                ? ExitCode.ENDED_AS_ASKED
                : ExitCode.FAILED;
    }

    private void tell(Replay.Difference difference) {
        var recorded = difference.recorded();
        terminal.result(
                "entry %d of %s, decided by planner %s on %s:"
                        .formatted(
                                recorded.sequence(),
                                recorded.time(),
                                recorded.plannerVersion(),
                                recorded.input()));
        int same = 0;
        var was = recorded.facts();
        var is = difference.decided().facts();
        while (same < was.size() && same < is.size() && was.get(same).equals(is.get(same))) {
            same++;
        }
        terminal.result("  recorded " + fact(was, same));
        terminal.result("  now      " + fact(is, same));
    }

    private static String fact(List<Fact> facts, int index) {
        return index < facts.size()
                ? "fact %d of %d: %s".formatted(index + 1, facts.size(), facts.get(index))
                : "no fact %d".formatted(index + 1);
    }
}
