package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.ResourceLimits.Limit;
import io.ekiden.model.Resources;
import java.util.Optional;

/// `resourceLimits` of an app or of a pod's container: numbers, or `"unlimited"`.
final class ResourceLimitsJson {
    private static final String UNLIMITED = "unlimited";

    private ResourceLimitsJson() {}

    /// @param asked what the task asks for, which is the least that it gets
    static Optional<ResourceLimits> read(Fields fields, Resources asked) {
        return fields.object("resourceLimits")
                .map(limits ->
                        new ResourceLimits(
                                limit(limits, "cpus", asked.cpus()),
                                limit(limits, "mem", asked.mem())))
                .filter(limits -> limits.cpus().isPresent() || limits.mem().isPresent());
    }

    private static Optional<Limit> limit(Fields limits, String field, long asked) {
        var given = limits.given(field);
        if (given.filter(JsonNode::isTextual).isPresent()) {
            var text = limits.text(field).filter(UNLIMITED::equalsIgnoreCase);
            return text.isPresent()
                    ? Optional.of(new Limit.Unlimited())
                    : limits.form(field, "error.unknown.enum.literal");
        }
        var most = limits.number(field, 0, Limits.MAX_RESOURCE).map(Resources::millionths);
        if (most.filter(millionths -> millionths < asked).isPresent()) {
            limits.rule(field, "must not be less than what is asked for");
        }
        return most.map(Limit.AtMost::new);
    }

    static ObjectNode write(ResourceLimits limits) {
        var json = JsonNodeFactory.instance.objectNode();
        limits.cpus().ifPresent(limit -> write(json, "cpus", limit));
        limits.mem().ifPresent(limit -> write(json, "mem", limit));
        return json;
    }

    private static void write(ObjectNode json, String field, Limit limit) {
        switch (limit) {
            case Limit.AtMost(var millionths) ->
                    json.set(field, Numbers.of(Resources.number(millionths)));
            case Limit.Unlimited _ -> json.put(field, UNLIMITED);
        }
    }
}
