package io.ekiden.simulator.check;

import io.ekiden.model.Endpoint;
import io.ekiden.model.TaskId;
import java.util.Optional;

/// Work that a proxy has given to an endpoint.
///
/// @param proxyLife which of the proxy's lives gave it
/// @param reached the task that really listens there
/// @param currentSince since when the proxy could follow the log without a break
public record Request(
        String proxyId,
        long proxyLife,
        Endpoint endpoint,
        Optional<TaskId> reached,
        long beganAt,
        long currentSince) {}
