package io.ekiden.process;

import java.util.Locale;
import java.util.Optional;

/// One thing that a process can be told: by the flag `--NAME VALUE` or `--NAME=VALUE`, or by the
/// variable `EKIDEN_NAME` of its environment.
///
/// @param otherwise the value when none is given; empty when there is none
/// @param isSwitch whether the flag alone suffices; the variable is then `true` or `false`
/// @param meaning in a few words
public record Option(String name, Optional<String> otherwise, boolean isSwitch, String meaning) {
    /// Every service is told where Kafka is and which topics are its cluster's.
    public static final Option BOOTSTRAP_SERVERS =
            of("bootstrap-servers", "127.0.0.1:9092", "brokers of Kafka to ask first");

    public static final Option TOPIC_PREFIX =
            of("topic-prefix", "ekiden.", "begins the name of every topic of the cluster");

    public static final Option BIND = of("bind", "127.0.0.1", "the address to listen on");

    public static final Option INSECURE =
            new Option(
                    "insecure",
                    Optional.of("false"),
                    true,
                    "allow an address to listen on that is not loopback, though it is not secured");

    /// What gateways show agents to read their tasks' files.
    public static final Option AGENT_TOKEN_FILE =
            of("agent-token-file", "a secret that gateways and agents share; without it, no files");

    /// The planner chooses from these, the proxies offer them.
    public static final Option SERVICE_PORTS =
            of("service-ports", "10000-10100", "ports of services, FIRST-LAST");

    public static Option of(String name, String otherwise, String meaning) {
        return new Option(name, Optional.of(otherwise), false, meaning);
    }

    /// Without a value of its own: what happens then is said in the meaning.
    public static Option of(String name, String meaning) {
        return new Option(name, Optional.empty(), false, meaning);
    }

    String flag() {
        return "--" + name;
    }

    String variable() {
        return Options.VARIABLES + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
