package io.ekiden.proxy;

import io.ekiden.testkit.TestBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker for all tests of a class, and for each test a cluster on it.
@Timeout(60)
abstract class WithCluster {
    @TempDir private static Path folder;
    private static TestBroker broker;

    private final List<AutoCloseable> opened = new ArrayList<>();
    protected TestCluster cluster;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createCluster() throws Exception {
        cluster = new TestCluster(broker);
    }

    @AfterEach
    void endAll() throws Exception {
        for (var closeable : opened) {
            closeable.close();
        }
        cluster.close();
    }

    protected TestTask task(String name) throws Exception {
        return ended(new TestTask(name));
    }

    /// To be closed when the test has ended.
    protected <T extends AutoCloseable> T ended(T closeable) {
        opened.add(closeable);
        return closeable;
    }
}
