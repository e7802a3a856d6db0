package io.ekiden.planner.stream;

import io.ekiden.log.Input;
import io.ekiden.planner.core.Decision;
import io.ekiden.planner.core.Header;
import io.ekiden.state.ClusterImage;

/// What the shell asks: `Planner::decide`. A test puts a planner with a fault in its place.
interface Decider {
    Decision decide(ClusterImage image, Header header, Input input);
}
