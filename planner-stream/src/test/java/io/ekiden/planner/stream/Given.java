package io.ekiden.planner.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.log.Actor;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Change;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Container;
import io.ekiden.model.PathId;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Fixtures of the shell's tests.
final class Given {
    private Given() {}

    /// An agent that joins: the planner answers with state and a command.
    static AgentReport joined(String id) {
        return joined(id, 0);
    }

    /// The same with attributes of at least so many bytes.
    static AgentReport joined(String id, int bytes) {
        var attributes = new TreeMap<String, String>();
        for (int i = 0; i * 1000 < bytes; i++) {
            attributes.put("attribute-" + i, "x".repeat(1000));
        }
        return new AgentReport.AgentJoined(
                id,
                "session-of-" + id,
                "boot-1",
                id + ".example",
                "127.0.0.1",
                Optional.empty(),
                Resources.of(4, 4096, 10_000, 0),
                List.of(new PortRange(31000, 32000)),
                Optional.empty(),
                attributes,
                Sorted.copyOf(List.of(Container.Type.MESOS)),
                List.of(),
                List.of(),
                Optional.empty());
    }

    /// A change whose definition alone has at least so many bytes.
    static WantedChange change(String changeId, int bytes) {
        var definition = JsonNodeFactory.instance.objectNode().put("cmd", "sleep 1");
        var text = "x".repeat(1000);
        var env = definition.putObject("env");
        for (int i = 0; i * 1000 < bytes; i++) {
            env.put("V" + i, text);
        }
        return new WantedChange(
                changeId,
                new Actor(Actor.Kind.USER, "anna", Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                "/v2/apps",
                false,
                new Change.CreateApp(PathId.of("/web"), definition));
    }
}
