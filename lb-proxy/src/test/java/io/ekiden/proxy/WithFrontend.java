package io.ekiden.proxy;

import io.ekiden.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// Tests of the data path alone.
@Timeout(60)
abstract class WithFrontend {
    /// How long a backend may take to begin its answer.
    static final Duration RESPONSE = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();
    protected final int port = TestBroker.freePort();

    @AfterEach
    void endAll() throws Exception {
        for (var closeable : opened.reversed()) {
            closeable.close();
        }
    }

    protected static ProxyConfig.Timeouts timeouts(Duration tunnel) {
        return new ProxyConfig.Timeouts(
                Duration.ofSeconds(2),
                RESPONSE,
                Duration.ofSeconds(1),
                LONG,
                tunnel,
                Duration.ofMinutes(1),
                LONG,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                LONG,
                LONG);
    }

    protected TestTask task(String name) throws Exception {
        return ended(new TestTask(name));
    }

    /// To be closed when the test has ended.
    protected <T extends AutoCloseable> T ended(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    /// An app `/a` of these backends on the service port.
    protected TestFrontend frontend(int... backends) throws Exception {
        var frontend = ended(new TestFrontend(timeouts(Duration.ofMinutes(1))));
        for (int i = 0; i < backends.length; i++) {
            frontend.put(Given.endpoint("/a", i, backends[i], port));
        }
        return frontend;
    }
}
