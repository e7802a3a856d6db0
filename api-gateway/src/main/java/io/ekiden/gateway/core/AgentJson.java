package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Agent;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `/v2/agents`: what each agent has and what of it is in use.
final class AgentJson {
    private AgentJson() {}

    static Answer list(ApiRequest request, ClusterImage image) {
        var body = Answer.object();
        var agents = body.putArray("agents");
        image.agents().forEach(agent -> agents.add(of(image, agent)));
        return Answer.ok(body);
    }

    static Answer one(ApiRequest request, ClusterImage image) {
        var id = request.part("agent");
        return image.agent(id)
                .map(agent -> Answer.ok(Answer.object().set("agent", of(image, agent))))
                .orElseGet(() -> Failures.notFound("Agent '%s' does not exist".formatted(id)));
    }

    private static ObjectNode of(ClusterImage image, Agent agent) {
        var load = image.loadOf(agent.id());
        var json = Answer.object();
        json.put("id", agent.id());
        json.put("hostname", agent.hostname());
        json.put("state", agent.state().name());
        json.put("draining", agent.draining());
        json.put("since", Timestamps.format(agent.since()));
        json.put("epoch", agent.epoch());
        agent.address().ifPresent(address -> json.put("address", address));
        var attributes = json.putObject("attributes");
        agent.attributes().forEach(attributes::put);
        var runtimes = json.putArray("runtimes");
        agent.runtimes().forEach(runtime -> runtimes.add(runtime.name()));
        var resources = json.putObject("resources");
        resources.set("total", resources(agent.resources()));
        resources.set("used", resources(load.used()));
        resources.set("free", resources(agent.resources().minus(load.used())));
        json.set("disks", disks(image, agent));
        json.set("ports", ranges(agent.ports()));
        var used = json.putArray("usedPorts");
        load.ports().keySet().forEach(used::add);
        json.put(
                "tasks",
                load.instances().stream()
                        .flatMap(id -> image.instance(id).stream())
                        .filter(instance -> instance.condition().holdsResources())
                        .count());
        return json;
    }

    /// As Mesos prints them; none of an agent that is no more.
    static ArrayNode attributes(Optional<Agent> agent) {
        var json = Answer.object().arrayNode();
        agent.map(Agent::attributes)
                .orElse(Collections.emptySortedMap())
                .forEach((name, value) -> json.addObject().put("name", name).put("text", value));
        return json;
    }

    private static ObjectNode resources(Resources amount) {
        return Answer.object()
                .put("cpus", Resources.number(amount.cpus()))
                .put("mem", Resources.number(amount.mem()))
                .put("disk", Resources.number(amount.disk()))
                .put("gpus", Resources.number(amount.gpus()));
    }

    /// Those that it offers besides its own, which is among its resources; in MiB.
    private static ArrayNode disks(ClusterImage image, Agent agent) {
        var json = Answer.object().arrayNode();
        for (var disk : agent.disks().orElse(List.of())) {
            var one = json.addObject();
            one.put("type", disk.type().name().toLowerCase(Locale.ROOT));
            one.put("path", disk.path()).put("size", disk.size());
            one.put("used", image.loadOf(agent.id()).heldOf(disk.path()));
            disk.profile().ifPresent(profile -> one.put("profile", profile));
        }
        return json;
    }

    private static ArrayNode ranges(List<PortRange> ranges) {
        var json = Answer.object().arrayNode();
        ranges.forEach(
                range -> json.addObject().put("begin", range.begin()).put("end", range.end()));
        return json;
    }
}
