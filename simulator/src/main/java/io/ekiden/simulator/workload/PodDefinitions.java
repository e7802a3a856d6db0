package io.ekiden.simulator.workload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.PodJson;
import io.ekiden.model.Pod;
import io.ekiden.simulator.Choices;
import io.ekiden.simulator.Feature;

/// Definitions of pods as users write them; with zeroes all the way the plainest there is.
final class PodDefinitions {
    private final Seen seen;
    private final Choices choices;

    PodDefinitions(Seen seen) {
        this.seen = seen;
        this.choices = seen.choices();
    }

    ObjectNode pod() {
        var pod = JsonNodeFactory.instance.objectNode();
        int containers = 1 + choices.choose("pod.containers", 2);
        var list = pod.putArray("containers");
        for (int i = 1; i <= containers; i++) {
            container(list.addObject(), i);
        }
        boolean resident = seen.oneIn("pod.resident", 6);
        if (resident) {
            volume(pod);
        }
        pod.putObject("scaling")
                .put("kind", "fixed")
                .put("instances", 1 + choices.choose("pod.instances", 3));
        scheduling(pod, resident);
        if (seen.oneIn("pod.fragile", 4)) {
            pod.putObject("labels").put("fragile", "true");
        }
        return pod;
    }

    private void container(ObjectNode container, int number) {
        container.put("name", "c" + number);
        container
                .putObject("exec")
                .putObject("command")
                .put("shell", "serve " + choices.choose("pod.cmd", 1000));
        container.putObject("resources").put("cpus", 0.1).put("mem", 32);
        if (!seen.oneIn("pod.silent", 3)) {
            container
                    .putArray("endpoints")
                    .addObject()
                    .put("name", "e" + number)
                    .put("hostPort", 0);
            if (seen.oneIn("pod.health", 3)) {
                var check = container.putObject("healthCheck");
                check.put("gracePeriodSeconds", 5)
                        .put("intervalSeconds", 2)
                        .put("timeoutSeconds", 1)
                        .put("maxConsecutiveFailures", choices.choose("pod.failures", 4));
                check.putObject("tcp").put("endpoint", "e" + number);
            }
        }
    }

    private static void volume(ObjectNode pod) {
        pod.putArray("volumes")
                .addObject()
                .put("name", "data")
                .putObject("persistent")
                .put("size", 10);
        ((ObjectNode) pod.withArray("containers").get(0))
                .putArray("volumeMounts")
                .addObject()
                .put("name", "data")
                .put("mountPath", "data");
    }

    private void scheduling(ObjectNode pod, boolean resident) {
        var scheduling = pod.putObject("scheduling");
        scheduling
                .putObject("backoff")
                .put("backoff", choices.choose("pod.backoff", 3))
                .put("backoffFactor", 1.5)
                .put("maxLaunchDelay", 10);
        scheduling
                .putObject("upgrade")
                .put("minimumHealthCapacity", seen.oneIn("pod.capacity", 2) ? 0.5 : 1)
                .put("maximumOverCapacity", resident || seen.oneIn("pod.over", 2) ? 0 : 1);
        if (seen.features().contains(Feature.CONSTRAINTS) && seen.oneIn("pod.constrained", 2)) {
            var constraint = ConstraintDefinitions.one(seen);
            var json =
                    scheduling
                            .putObject("placement")
                            .putArray("constraints")
                            .addObject()
                            .put("fieldName", constraint.get(0))
                            .put("operator", constraint.get(1));
            if (constraint.size() > 2) {
                json.put("value", constraint.get(2));
            }
        }
    }

    /// The same pod with another configuration.
    ObjectNode update(Pod pod) {
        var json = PodJson.write(pod);
        json.putObject("environment").put("X", "y" + choices.choose("pod.env", 1000));
        return json;
    }
}
