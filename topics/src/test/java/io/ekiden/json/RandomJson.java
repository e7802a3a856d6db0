package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random JSON from a seed: hostile values, and damage done to good ones.
final class RandomJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 4;

    private static final List<String> NAMES =
            List.of(
                    "id",
                    "cmd",
                    "args",
                    "user",
                    "env",
                    "instances",
                    "cpus",
                    "mem",
                    "disk",
                    "gpus",
                    "ports",
                    "portDefinitions",
                    "port",
                    "name",
                    "protocol",
                    "labels",
                    "networks",
                    "mode",
                    "container",
                    "docker",
                    "type",
                    "volumes",
                    "portMappings",
                    "healthChecks",
                    "portIndex",
                    "check",
                    "http",
                    "tcp",
                    "exec",
                    "command",
                    "value",
                    "ipProtocol",
                    "gracePeriodSeconds",
                    "upgradeStrategy",
                    "minimumHealthCapacity",
                    "unreachableStrategy",
                    "inactiveAfterSeconds",
                    "expungeAfterSeconds",
                    "acceptedResourceRoles",
                    "role",
                    "backoffSeconds",
                    "backoffFactor",
                    "taskKillGracePeriodSeconds",
                    "killSelection",
                    "constraints",
                    "fetch",
                    "version",
                    "executor",
                    "executorResources",
                    "residency",
                    "",
                    "A=B",
                    "a/b(0)",
                    "\0",
                    "é");
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "/web",
                    "../..",
                    "*",
                    "host",
                    "disabled",
                    "HTTP",
                    "command",
                    "tcp",
                    "MESOS",
                    "DOCKER",
                    "YOUNGEST_FIRST",
                    "NaN",
                    "1",
                    "\0",
                    "\ud800",
                    "%s%n",
                    "A".repeat(500));

    private final Random random;

    RandomJson(long seed) {
        random = new Random(seed);
    }

    ObjectNode object() {
        return object(0);
    }

    /// A copy with some of its values replaced, removed or added.
    ObjectNode damaged(ObjectNode good) {
        var copy = good.deepCopy();
        for (int i = random.nextInt(4); i >= 0; i--) {
            var objects = new ArrayList<ObjectNode>();
            collect(copy, objects);
            var victim = objects.get(random.nextInt(objects.size()));
            var names = new ArrayList<String>();
            victim.fieldNames().forEachRemaining(names::add);
            if (names.isEmpty() || random.nextInt(4) == 0) {
                victim.set(pick(NAMES), value(1));
            } else if (random.nextInt(4) == 0) {
                victim.remove(pick(names));
            } else {
                victim.set(pick(names), value(1));
            }
        }
        return copy;
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(child -> collect(child, objects));
    }

    private ObjectNode object(int depth) {
        var object = JSON.objectNode();
        for (int i = random.nextInt(depth == 0 ? 12 : 4); i > 0; i--) {
            object.set(pick(NAMES), value(depth + 1));
        }
        return object;
    }

    private ArrayNode array(int depth) {
        var array = JSON.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            array.add(value(depth + 1));
        }
        return array;
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth < MAX_DEPTH ? 9 : 6)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.booleanNode(random.nextBoolean());
            case 2, 3 -> JSON.textNode(pick(TEXTS));
            case 4, 5 -> number();
            case 6 -> array(depth);
            default -> object(depth);
        };
    }

    private JsonNode number() {
        return pick(
                List.of(
                        JSON.numberNode(0),
                        JSON.numberNode(-1),
                        JSON.numberNode(1),
                        JSON.numberNode(65_536),
                        JSON.numberNode(Integer.MAX_VALUE),
                        JSON.numberNode(Integer.MIN_VALUE),
                        JSON.numberNode(Integer.MAX_VALUE + 1L),
                        JSON.numberNode(Long.MAX_VALUE),
                        JSON.numberNode(BigInteger.TWO.pow(2000)),
                        JSON.numberNode(new BigDecimal("1e-400")),
                        JSON.numberNode(0.1),
                        JSON.numberNode(-0.0),
                        JSON.numberNode(Double.MIN_VALUE),
                        JSON.numberNode(Double.MAX_VALUE),
                        JSON.numberNode(Double.NaN),
                        JSON.numberNode(Double.NEGATIVE_INFINITY),
                        JSON.numberNode(Float.NaN),
                        JSON.numberNode((short) 7)));
    }

    private <T> T pick(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }
}
