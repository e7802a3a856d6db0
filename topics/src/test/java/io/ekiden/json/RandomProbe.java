package io.ekiden.json;

import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.Probe.Scheme;
import java.util.Optional;
import java.util.Random;

/// Random probes of a port, or of what has none.
record RandomProbe(Random random) {
    Probe next(Optional<Port> port) {
        if (port.isEmpty() || random.nextInt(3) == 0) {
            return new Probe.Exec("test -e it");
        }
        return random.nextBoolean()
                ? new Probe.Tcp(port.get())
                : new Probe.Http(
                        port.get(),
                        random.nextBoolean() ? Optional.of("/up") : Optional.empty(),
                        random.nextBoolean() ? Scheme.HTTP : Scheme.HTTPS);
    }
}
