package io.ekiden.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;

/// Definitions of an app whose every instance is a web server of 1 MiB (busybox), and which notes
/// each start in a file.
final class LightServer {
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    /// As the kernel names its process.
    static final String PROGRAM = "busybox";

    private LightServer() {}

    /// An app with an HTTP health check each second and a backoff of one second.
    ///
    /// @param starts a file to which each start adds a line with the task's id
    /// @param servicePort 0 for one of the planner's choice
    static ObjectNode app(String id, Path starts, int instances, int servicePort) {
        assumeTrue(Files.isExecutable(BUSYBOX), "needs busybox (Debian: busybox-static)");
        var app = JsonNodeFactory.instance.objectNode();
        app.put("id", id);
        app.put(
                "cmd",
                "echo $MESOS_TASK_ID >> '%s' && echo \"$MESOS_TASK_ID\" > index.html"
                                .formatted(starts)
                        + " && exec %s httpd -f -p $HOST:$PORT0".formatted(BUSYBOX));
        app.put("instances", instances).put("cpus", 0.05).put("mem", 16);
        app.put("backoffSeconds", 1);
        app.putArray("portDefinitions").addObject().put("port", servicePort).put("name", "http");
        app.putArray("healthChecks")
                .addObject()
                .put("protocol", "HTTP")
                .put("path", "/")
                .put("portIndex", 0)
                .put("gracePeriodSeconds", 5)
                .put("intervalSeconds", 1)
                .put("timeoutSeconds", 2)
                .put("maxConsecutiveFailures", 3);
        return app;
    }
}
