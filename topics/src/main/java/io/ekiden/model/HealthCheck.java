package io.ekiden.model;

import io.ekiden.model.Probe.Port;
import io.ekiden.model.Probe.Scheme;
import java.time.Duration;
import java.util.Optional;

/// How an app's health is probed: Marathon's `AppHealthCheck`. Every kind runs at the agent.
///
/// @param port a fixed port to probe instead of the one that `portIndex` selects
/// @param portIndex index into the task's ports; 0 when neither it nor `port` is given
/// @param command the shell command of a `COMMAND` check
/// @param maxConsecutiveFailures so many failures in a row end the task; 0 never does
public record HealthCheck(
        Protocol protocol,
        Optional<String> path,
        Optional<Integer> port,
        Optional<Integer> portIndex,
        Optional<String> command,
        Duration gracePeriod,
        Duration interval,
        Duration timeout,
        Duration delay,
        int maxConsecutiveFailures,
        boolean ignoreHttp1xx) {

    /// Marathon's protocols; `MESOS_*` differ from the plain ones only in Marathon's history.
    public enum Protocol {
        HTTP,
        HTTPS,
        TCP,
        COMMAND,
        MESOS_HTTP,
        MESOS_HTTPS,
        MESOS_TCP
    }

    /// What it looks at.
    public Probe probe() {
        return switch (protocol) {
            case COMMAND -> new Probe.Exec(command.orElseThrow());
            case TCP, MESOS_TCP -> new Probe.Tcp(asked());
            case HTTP, MESOS_HTTP -> new Probe.Http(asked(), path, Scheme.HTTP);
            case HTTPS, MESOS_HTTPS -> new Probe.Http(asked(), path, Scheme.HTTPS);
        };
    }

    private Port asked() {
        return port.<Port>map(Port.Fixed::new).orElseGet(() -> new Port.Nth(portIndex.orElse(0)));
    }

    /// The same check where the ports that it counts begin at this index.
    public HealthCheck withPortsFrom(int first) {
        return new HealthCheck(
                protocol,
                path,
                port,
                portIndex.map(index -> index + first),
                command,
                gracePeriod,
                interval,
                timeout,
                delay,
                maxConsecutiveFailures,
                ignoreHttp1xx);
    }
}
