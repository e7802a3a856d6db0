package io.ekiden.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;

/// Watches pods until each is stable and its deployment over.
final class PodWatch {
    private static final long FIRST_POLL_MS = 50;
    private static final long LAST_POLL_MS = 500;

    private final Api api;
    private final Terminal terminal;

    PodWatch(Api api, Terminal terminal) {
        this.api = api;
        this.terminal = terminal;
    }

    /// Prints a result line for each pod.
    ///
    /// @param end by the nano clock
    boolean watch(SequencedSet<PathId> waiting, long end, Duration timeout)
            throws IOException, InterruptedException {
        long pause = FIRST_POLL_MS;
        while (!waiting.isEmpty() && System.nanoTime() < end) {
            var deployments = api.get("/v2/deployments").body();
            var states = new ArrayList<String>();
            for (var id : List.copyOf(waiting)) {
                var status = status(id);
                if (isStable(status) && !isDeploying(deployments, id)) {
                    terminal.result("healthy %s %s".formatted(id, counts(status, "/")));
                    waiting.remove(id);
                } else {
                    states.add("%s (%s stable)".formatted(id, counts(status, " of ")));
                }
            }
            if (!waiting.isEmpty()) {
                terminal.progress("waiting for " + String.join(", ", states));
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LAST_POLL_MS);
            }
        }
        for (var id : waiting) {
            var why = reason(status(id)).replaceAll("\\s+", " ");
            terminal.result(
                    "failed %s not healthy within %d s: %s"
                            .formatted(id, timeout.toSeconds(), why));
        }
        return waiting.isEmpty();
    }

    private JsonNode status(PathId id) throws IOException, InterruptedException {
        return api.get("/v2/pods" + id + "::status").body();
    }

    private static boolean isStable(JsonNode status) {
        return status.path("status").asText().equals("STABLE");
    }

    private static boolean isDeploying(JsonNode deployments, PathId id) {
        for (var deployment : deployments) {
            for (var pod : deployment.path("affectedPods")) {
                if (pod.asText().equals(id.value())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String counts(JsonNode status, String separator) {
        int stable = 0;
        for (var instance : status.path("instances")) {
            stable += isStable(instance) ? 1 : 0;
        }
        return stable + separator + status.path("spec").path("scaling").path("instances").asInt();
    }

    private static String reason(JsonNode status) {
        var failure = status.path("terminationHistory").path(0).path("message").asText();
        return failure.isEmpty() ? counts(status, " of ") : failure;
    }
}
