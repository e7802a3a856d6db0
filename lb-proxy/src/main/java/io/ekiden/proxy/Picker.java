package io.ekiden.proxy;

import java.util.List;
import java.util.Optional;

/// Chooses where a route's next work goes.
interface Picker {
    /// A backend that is ready and is not `tried`, already acquired.
    ///
    /// @param now in nanoseconds of the monotonic clock
    Optional<Backend> acquire(List<Backend> tried, long now, Requester requester);
}
