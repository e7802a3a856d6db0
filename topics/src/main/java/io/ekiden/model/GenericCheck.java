package io.ekiden.model;

import io.ekiden.model.Probe.Port;
import java.time.Duration;

/// Looks at a running task and tells what it found: Marathon's `check`. Nothing comes of that, as
/// it says nothing about health.
///
/// @param delay from the task's start to the first look
/// @param interval from the end of a look to the next
public record GenericCheck(Probe probe, Duration interval, Duration timeout, Duration delay) {

    /// The same check where the ports that it counts begin at this index.
    public GenericCheck withPortsFrom(int first) {
        var moved =
                switch (probe) {
                    case Probe.Http(var port, var path, var scheme) ->
                            new Probe.Http(from(first, port), path, scheme);
                    case Probe.Tcp(var port) -> new Probe.Tcp(from(first, port));
                    case Probe.Exec exec -> exec;
                };
        return new GenericCheck(moved, interval, timeout, delay);
    }

    private static Port from(int first, Port port) {
        return switch (port) {
            case Port.Fixed fixed -> fixed;
            case Port.Nth(var index) -> new Port.Nth(first + index);
        };
    }
}
