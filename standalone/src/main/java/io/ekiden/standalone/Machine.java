package io.ekiden.standalone;

import io.ekiden.agent.AgentSpec;
import java.util.ArrayList;
import java.util.List;

/// This machine, and how several agents share it.
final class Machine {
    private static final int FIRST_PORT = 31_000;
    private static final int PORTS = 1_000;
    private static final int MAX_AGENTS = 100;
    private static final int MAX_PROXY_THREADS = 4;

    private Machine() {}
}
