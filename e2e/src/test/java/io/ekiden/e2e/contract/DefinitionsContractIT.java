package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Definitions: their defaults, limits and rules, in tables b.1 to b.4, and the envelopes of a.0
/// that tell what is wrong. What becomes of each field is in `docs/marathon-compat.md`, which a
/// test of the module `topics` holds.
final class DefinitionsContractIT extends ContractTest {

    private JsonNode made(String definition) {
        var id = fresh();
        var reply = api.put("/v2/apps" + id, definition);
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        return appOf(id);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @DisplayName("what an app does not say has Marathon's default")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /cpus                                      | 1
                    /mem                                       | 128
                    /disk                                      | 0
                    /gpus                                      | 0
                    /env                                       | {}
                    /labels                                    | {}
                    /backoffSeconds                            | 1
                    /backoffFactor                             | 1.15
                    /maxLaunchDelaySeconds                     | 300
                    /upgradeStrategy/minimumHealthCapacity     | 1
                    /upgradeStrategy/maximumOverCapacity       | 1
                    /killSelection                             | "YOUNGEST_FIRST"
                    /unreachableStrategy/inactiveAfterSeconds  | 0
                    /unreachableStrategy/expungeAfterSeconds   | 0
                    /requirePorts                              | false
                    /networks                                  | [{"mode":"host"}]
                    /portDefinitions/0/name                    | "default"
                    /portDefinitions/0/protocol                | "tcp"
                    /healthChecks                              | []
                    /executor                                  | ""
                    """)
    void defaults(String pointer, String value) {
        var app = made("{'cmd': 'sleep 1', 'instances': 0}");

        assertThat(app.at(pointer).toString()).isEqualTo(value);
    }

    @Test
    @DisplayName("an app has one instance unless it says otherwise")
    void oneInstance() {
        var id = fresh();
        api.post("/v2/apps", "{'id': '%s', 'cmd': 'x', 'cpus': 10000}", id);

        assertThat(appOf(id).path("instances").asInt()).isEqualTo(1);
    }

    @Test
    @DisplayName("what was never given and has no default does not come back")
    void absent() {
        var app = made("{'cmd': 'sleep 1', 'instances': 0}");

        for (var field : new String[] {"args", "user", "container", "dependencies", "residency"}) {
            assertThat(app.has(field)).as(field).isFalse();
        }
    }

    @Test
    @DisplayName("a health check has Marathon's defaults")
    void healthCheckDefaults() {
        var check =
                made("{'cmd': 'x', 'instances': 0, 'healthChecks': [{}]}").at("/healthChecks/0");

        assertThat(check.path("protocol").asText()).isEqualTo("HTTP");
        assertThat(check.path("portIndex").asInt(-1)).isZero();
        assertThat(check.path("gracePeriodSeconds").asInt()).isEqualTo(300);
        assertThat(check.path("intervalSeconds").asInt()).isEqualTo(60);
        assertThat(check.path("timeoutSeconds").asInt()).isEqualTo(20);
        assertThat(check.path("delaySeconds").asInt()).isEqualTo(15);
        assertThat(check.path("maxConsecutiveFailures").asInt()).isEqualTo(3);
        assertThat(check.path("ipProtocol").asText()).isEqualTo("IPv4");
    }

    @Test
    @DisplayName("a check has Marathon's defaults")
    void checkDefaults() {
        assertThat(made("{'cmd': 'x', 'instances': 0, 'check': {'http': {}}}").path("check"))
                .isEqualTo(
                        Api.parse(
                                """
                                {"http": {"portIndex": 0, "scheme": "HTTP"}, "intervalSeconds": 60,
                                 "timeoutSeconds": 20, "delaySeconds": 15}
                                """));
    }

    @Test
    @DisplayName("a readiness check has Marathon's defaults")
    void readinessCheckDefaults() {
        var check =
                made("{'cmd': 'x', 'instances': 0, 'readinessChecks': [{}],"
                                + " 'portDefinitions': [{'name': 'http-api'}]}")
                        .at("/readinessChecks/0");

        assertThat(check)
                .isEqualTo(
                        Api.parse(
                                """
                                {"name": "readinessCheck", "protocol": "HTTP", "path": "/",
                                 "portName": "http-api", "intervalSeconds": 30, "timeoutSeconds": 10,
                                 "httpStatusCodesForReady": [200], "preserveLastResponse": false}
                                """));
    }

    @Test
    @DisplayName("a container's port mapping has Marathon's defaults, and a service port")
    void portMappingDefaults() {
        var container =
                made("{'instances': 0, 'networks': [{'mode': 'container/bridge'}],"
                                + " 'container': {'docker': {'image': 'x'}}}")
                        .path("container");

        assertThat(container.path("type").asText()).isEqualTo("DOCKER");
        assertThat(container.path("volumes").isArray()).isTrue();
        assertThat(container.at("/docker/forcePullImage").isBoolean()).isTrue();
        var mapping = container.at("/portMappings/0");
        assertThat(mapping.path("containerPort").asInt(-1)).isZero();
        assertThat(mapping.path("hostPort").asInt(-1)).isZero();
        assertThat(mapping.path("protocol").asText()).isEqualTo("tcp");
        assertThat(mapping.path("name").asText()).isEqualTo("default");
        assertThat(mapping.path("servicePort").asInt()).isPositive();
    }

    @Test
    @DisplayName("a resident app waits for its agent, and is replaced before it is doubled")
    void residentDefaults() {
        var app =
                made(
                        "{'cmd': 'x', 'instances': 0, 'container': {'type': 'MESOS', 'volumes':"
                                + " [{'containerPath': 'd', 'mode': 'RW', 'persistent': {'size': 1}}]}}");

        assertThat(app.path("unreachableStrategy").asText()).isEqualTo("disabled");
        assertThat(app.at("/upgradeStrategy/minimumHealthCapacity").asDouble()).isEqualTo(0.5);
        assertThat(app.at("/upgradeStrategy/maximumOverCapacity").asDouble()).isZero();
        assertThat(app.at("/residency/taskLostBehavior").asText()).isEqualTo("WAIT_FOREVER");
        assertThat(app.at("/container/volumes/0/persistent/type").asText()).isEqualTo("root");
    }

    @Test
    @DisplayName("port 0 becomes a service port, which stays through updates")
    void servicePorts() {
        var id = fresh();
        api.put("/v2/apps" + id, "{'cmd': 'x', 'instances': 0, 'portDefinitions': [{'port': 0}]}");
        var port = appOf(id).at("/portDefinitions/0/port").asInt();
        settled(id);

        api.put("/v2/apps" + id, "{'cmd': 'y', 'portDefinitions': [{'port': 0}]}");

        assertThat(port).isPositive();
        assertThat(appOf(id).at("/portDefinitions/0/port").asInt()).isEqualTo(port);
    }

    @Test
    @DisplayName("who asks for more service ports than are left is refused")
    void noServicePortLeft() {
        var sixty = "[" + "{'port': 0}, ".repeat(59) + "{'port': 0}]";
        made("{'cmd': 'x', 'instances': 0, 'portDefinitions': " + sixty + "}");

        var reply = api.put("/v2/apps" + fresh(), "{'cmd': 'x', 'portDefinitions': " + sixty + "}");

        assertThat(reply.refusal()).isEqualTo("422 Object is not valid");
        assertThat(reply.details())
                .singleElement()
                .asString()
                .matches("/portDefinitions All ports in the range .* are already in use");
    }

    @Test
    @DisplayName("no ports are none")
    void noPorts() {
        assertThat(
                        made("{'cmd': 'x', 'instances': 0, 'portDefinitions': []}")
                                .at("/portDefinitions"))
                .isEmpty();
    }

    @Test
    @DisplayName("the old ports and the old network of a container come back in the new form")
    void oldForms() {
        var ports = made("{'cmd': 'x', 'instances': 0, 'ports': [0, 0]}");
        var bridge =
                made(
                        "{'instances': 0, 'container': {'docker': {'image': 'x', 'network': 'BRIDGE',"
                                + " 'portMappings': [{'containerPort': 80}]}}}");

        assertThat(ports.has("ports")).isFalse();
        assertThat(ports.at("/portDefinitions/0/name").asText()).isEqualTo("default");
        assertThat(ports.path("portDefinitions")).hasSize(2);
        assertThat(bridge.at("/networks/0/mode").asText()).isEqualTo("container/bridge");
        assertThat(bridge.at("/container/portMappings/0/containerPort").asInt()).isEqualTo(80);
        assertThat(bridge.at("/container/docker").has("network")).isFalse();
        assertThat(bridge.at("/container/docker").has("portMappings")).isFalse();

        var named =
                made(
                        "{'instances': 0, 'container': {'docker': {'image': 'x', 'network': 'USER'}},"
                                + " 'ipAddress': {'networkName': 'web'}}");
        assertThat(named.at("/networks"))
                .hasToString("[{\"name\":\"web\",\"mode\":\"container\"}]");
        assertThat(named.has("ipAddress")).isFalse();
    }

    @Test
    @DisplayName("null is as good as not given, and literals may be written in any case")
    void nullsAndLiterals() {
        var app =
                made(
                        "{'cmd': 'x', 'instances': 0, 'mem': null, 'killSelection': 'oldest_first',"
                                + " 'constraints': [['hostname', 'unique']]}");

        assertThat(app.path("mem").asInt()).isEqualTo(128);
        assertThat(app.path("killSelection").asText()).isEqualTo("OLDEST_FIRST");
        assertThat(app.at("/constraints/0/1").asText()).isEqualTo("UNIQUE");
    }

    @Test
    @DisplayName("fields that nobody knows are passed over")
    void unknownFields() {
        assertThat(made("{'cmd': 'x', 'instances': 0, 'nonsense': 1}").has("nonsense")).isFalse();
    }

    @Test
    @DisplayName("what was read can be sent back")
    void readAndSendBack() {
        var id = running(1);
        var app = appOf(id);

        var reply = api.send("PUT", "/v2/apps" + id + "?partialUpdate=false", app.toString());

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        settled(id);
        assertThat(appOf(id).path("version")).isEqualTo(app.path("version"));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what breaks the schema is Invalid JSON with Play's codes")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'cpus': 'x'                                          | /cpus error.expected.jsnumber
                    'cpus': 0                                            | /cpus error.min
                    'mem': -1                                            | /mem error.min
                    'instances': -1                                      | /instances error.min
                    'instances': 1.5                                     | /instances error.expected.int
                    'cmd': 5                                             | /cmd error.expected.jsstring
                    'cmd': ''                                            | /cmd error.minLength
                    'args': 'x'                                          | /args error.expected.jsarray
                    'env': []                                            | /env error.expected.jsobject
                    'labels': {'a': 1}                                   | /labels/a error.expected.jsstring
                    'requirePorts': 'yes'                                | /requirePorts error.expected.jsboolean
                    'backoffFactor': 0.5                                 | /backoffFactor error.min
                    'killSelection': 'NEVER'                             | /killSelection error.unknown.enum.literal
                    'upgradeStrategy': {'minimumHealthCapacity': 1.1}    | /upgradeStrategy/minimumHealthCapacity error.max
                    'portDefinitions': [{'port': 65536}]                 | /portDefinitions(0)/port error.max
                    'portDefinitions': [{'name': 'A_'}]                  | /portDefinitions(0)/name error.pattern
                    'healthChecks': [{'protocol': 'FTP'}]                | /healthChecks(0)/protocol error.unknown.enum.literal
                    'container': {'docker': {}}                          | /container/docker/image error.path.missing
                    'user': 5                                            | /user error.expected.jsstring
                    'disk': -1                                           | /disk error.min
                    'gpus': 1.5                                          | /gpus error.expected.int
                    'resourceLimits': {'mem': 'lots'}                    | /resourceLimits/mem error.unknown.enum.literal
                    'executorResources': {'cpus': 0.01}                  | /executorResources/cpus error.min
                    'networks': [{'mode': 'bridge'}]                     | /networks(0)/mode error.unknown.enum.literal
                    'portDefinitions': [{'protocol': 'sctp'}]            | /portDefinitions(0)/protocol error.unknown.enum.literal
                    'ports': [-1]                                        | /ports(0) error.min
                    'dependencies': ['../db', 'A_']                      | /dependencies(1) error.pattern
                    'fetch': [{}]                                        | /fetch(0)/uri error.path.missing
                    'fetch': [{'uri': ''}]                               | /fetch(0)/uri error.minLength
                    'backoffSeconds': -1                                 | /backoffSeconds error.min
                    'maxLaunchDelaySeconds': -1                          | /maxLaunchDelaySeconds error.min
                    'taskKillGracePeriodSeconds': -1                     | /taskKillGracePeriodSeconds error.min
                    'upgradeStrategy': {'maximumOverCapacity': -0.1}     | /upgradeStrategy/maximumOverCapacity error.min
                    'unreachableStrategy': 'enabled'                     | /unreachableStrategy error.unknown.enum.literal
                    'unreachableStrategy': {'expungeAfterSeconds': -1}   | /unreachableStrategy/expungeAfterSeconds error.min
                    'tty': 'yes'                                         | /tty error.expected.jsboolean
                    'healthChecks': [{'port': 65536}]                    | /healthChecks(0)/port error.max
                    'healthChecks': [{'gracePeriodSeconds': -1}]         | /healthChecks(0)/gracePeriodSeconds error.min
                    'check': {'tcp': {'port': 65536}}                    | /check/tcp/port error.max
                    'check': {'exec': {}}                                | /check/exec/command error.path.missing
                    'readinessChecks': [{'timeoutSeconds': 0}]           | /readinessChecks(0)/timeoutSeconds error.min
                    'readinessChecks': [{'httpStatusCodesForReady': []}] | /readinessChecks(0)/httpStatusCodesForReady error.minLength
                    'readinessChecks': [{'httpStatusCodesForReady': [99]}] | /readinessChecks(0)/httpStatusCodesForReady(0) error.min
                    'container': {'type': 'APPC'}                        | /container/type error.unknown.enum.literal
                    'container': {'docker': {'image': ''}}               | /container/docker/image error.minLength
                    'container': {'docker': {'image': 'x', 'parameters': [{'key': 'init'}]}} | /container/docker/parameters(0)/value error.path.missing
                    'container': {'docker': {'image': 'x'}, 'volumes': [{'containerPath': '/d', 'hostPath': '/h'}]} | /container/volumes(0)/mode error.path.missing
                    'container': {'docker': {'image': 'x'}, 'volumes': [{'containerPath': '', 'hostPath': '/h', 'mode': 'RW'}]} | /container/volumes(0)/containerPath error.minLength
                    'container': {'type': 'MESOS', 'volumes': [{'containerPath': 'd', 'mode': 'RW', 'persistent': {'size': 0}}]} | /container/volumes(0)/persistent/size error.min
                    """)
    void schema(String fields, String problem) {
        var base = "{'id': '/never', " + (fields.contains("'cmd'") ? "" : "'cmd': 'x', ");

        var reply = api.post("/v2/apps", base + fields + "}");

        assertThat(reply.refusal()).isEqualTo("422 Invalid JSON");
        assertThat(reply.details()).containsExactly(problem);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what breaks a rule is an Object that is not valid")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'args': ['a']                                                          | / AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.
                    'portDefinitions': [{'name': 'a'}, {'name': 'a'}]                      | /portDefinitions Port names must be unique.
                    'portDefinitions': [{'port': 9}, {'port': 9}]                          | /portDefinitions Ports must be unique.
                    'healthChecks': [{'portIndex': 1}]                                     | /healthChecks(0) Health check port indices must address an element of the ports array or container port mappings.
                    'healthChecks': [{'protocol': 'MESOS_TCP'}, {'protocol': 'MESOS_HTTP'}] | / AppDefinition can contain at most one Mesos health check
                    'check': {}                                                            | /check must have exactly one of 'http', 'tcp' and 'exec'
                    'check': {'tcp': {'portIndex': 1}}                                     | /check/tcp Check port indices must address an element of the ports array or container port mappings.
                    'labels': {'MARATHON_SINGLE_INSTANCE_APP': 'true'}, 'instances': 2     | / Single instance app may only have one instance
                    'unreachableStrategy': {'inactiveAfterSeconds': 2}                     | /unreachableStrategy/inactiveAfterSeconds inactiveAfterSeconds (2) must be less or equal to expungeAfterSeconds, which is 0
                    'constraints': [['hostname']]                                          | /constraints(0) Each constraint must have either 2 or 3 fields
                    'constraints': [['hostname', 'LIKE', '(']]                             | /constraints(0) the regular expression '(' is not valid
                    'acceptedResourceRoles': []                                            | /acceptedResourceRoles must not be empty
                    'residency': {'taskLostBehavior': 'WAIT_FOREVER'}                      | /residency AppDefinition must contain persistent volumes and define residency
                    'resourceLimits': {'cpus': 0.5}                                        | /resourceLimits/cpus must not be less than what is asked for
                    'ports': [0, 0], 'portDefinitions': [{'port': 0}]                      | / cannot specify both ports and port definitions
                    'fetch': [{'uri': 'http://a/b'}], 'uris': ['http://a/c']               | / cannot specify both uris and fetch fields
                    'acceptedResourceRoles': ['other']                                     | /acceptedResourceRoles acceptedResourceRoles can only contain * and *
                    'role': 'other'                                                        | /role must be one of: *
                    'constraints': [['hostname', 'NEAR']]                                  | /constraints(0) Constraint operator must be one of UNIQUE, CLUSTER, LIKE, UNLIKE, MAX_PER, GROUP_BY, IS
                    'constraints': [['rack', 'MAX_PER']]                                   | /constraints(0) MAX_PER needs a number
                    'labels': {'DCOS_MIGRATION_API_VERSION': 'v2'}                         | / DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION
                    'labels': {'MARATHON_SINGLE_INSTANCE_APP': 'true'}, 'upgradeStrategy': {'minimumHealthCapacity': 0, 'maximumOverCapacity': 0.5} | /upgradeStrategy/maximumOverCapacity got 0.5, expected 0.0
                    'healthChecks': [{'protocol': 'COMMAND'}]                              | /healthChecks(0)/command must be given for the protocol COMMAND
                    'readinessChecks': [{}]                                                | /readinessChecks(0)/portName 'http-api' is no name of a port of the app
                    'portDefinitions': [{'name': 'http-api'}], 'readinessChecks': [{}, {}] | /readinessChecks may contain at most one readiness check
                    'portDefinitions': [{'name': 'http-api'}], 'readinessChecks': [{'timeoutSeconds': 30}] | /readinessChecks(0)/timeoutSeconds timeoutSeconds must be less than intervalSeconds (30)
                    'env': {'': 'x'}                                                       | /env must not be empty
                    'dependencies': ['/never']                                             | / Dependency graph has cyclic dependencies.
                    'container': {'docker': {'image': 'x'}, 'portMappings': [{}]}          | /container/portMappings must be empty on this network
                    'networks': [{'mode': 'container', 'name': 'n'}]                       | /networks a container network needs a container of type DOCKER
                    'container': {'docker': {'image': 'x', 'network': 'USER'}}             | /networks Network name must be specified when container network is selected.
                    'container': {'type': 'MESOS', 'volumes': [{'containerPath': '../d', 'mode': 'RW', 'persistent': {'size': 1}}]} | /container/volumes(0)/containerPath must not be '.', '..' and must not contain '/'
                    'container': {'type': 'MESOS', 'volumes': [{'containerPath': 'd', 'mode': 'RW', 'persistent': {'size': 1}}]}, 'upgradeStrategy': {'maximumOverCapacity': 0.5} | /upgradeStrategy/maximumOverCapacity got 0.5, expected 0.0
                    'container': {'type': 'MESOS', 'volumes': [{'containerPath': 'd', 'mode': 'RW', 'persistent': {'size': 1}}]}, 'unreachableStrategy': {} | /unreachableStrategy must be disabled for apps with persistent volumes
                    """)
    void rules(String fields, String problem) {
        var reply = api.post("/v2/apps", "{'id': '/never', 'cmd': 'x', " + fields + "}");

        assertThat(reply.refusal()).isEqualTo("422 Object is not valid");
        assertThat(reply.details()).containsExactly(problem);
    }

    @Test
    @DisplayName("all that is wrong is told at once")
    void allProblems() {
        var reply = api.post("/v2/apps", "{'id': '/never', 'cmd': 1, 'cpus': 'x', 'mem': 'y'}");

        assertThat(reply.details())
                .containsExactlyInAnyOrder(
                        "/cmd error.expected.jsstring",
                        "/cpus error.expected.jsnumber",
                        "/mem error.expected.jsnumber");
    }

    @ParameterizedTest
    @DisplayName("an id has lower-case letters, digits, dashes and dots")
    @ValueSource(strings = {"/A", "/a_b", "/-a", "/a-", "/a..b", "/a b"})
    void badIds(String id) {
        var reply = api.post("/v2/apps", NONE, id);

        assertThat(reply.refusal()).isEqualTo("422 Invalid JSON");
        assertThat(reply.details()).containsExactly("/id error.pattern");
    }

    @ParameterizedTest
    @DisplayName("an id does not end with a word of the API")
    @ValueSource(strings = {"/a/restart", "/a/tasks", "/a/versions"})
    void reservedIds(String id) {
        var reply = api.post("/v2/apps", NONE, id);

        assertThat(reply.refusal()).isEqualTo("422 Object is not valid");
        assertThat(reply.details())
                .containsExactly(
                        "/id must not end with any of the following reserved keywords: restart,"
                                + " tasks, versions, ., ..");
    }

    @Test
    @DisplayName("an id is needed")
    void noId() {
        assertThat(api.post("/v2/apps", "{'cmd': 'x'}").details())
                .containsExactly("/id error.path.missing");
    }

    @ParameterizedTest
    @DisplayName("what this version does not do is refused by its name")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'executor': '/opt/executor'                                   | /executor
                    'executorResources': {'cpus': 0.2}                            | /executorResources/cpus
                    'healthChecks': [{'ipProtocol': 'IPv6'}]                      | /healthChecks(0)/ipProtocol
                    """)
    void notSupported(String fields, String path) {
        var reply = api.post("/v2/apps", "{'id': '/never', 'cmd': 'x', " + fields + "}");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.details())
                .containsExactly(path + " is not supported by this version of Ekiden");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @DisplayName("what a pod does not say has Marathon's default")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /scaling/kind                                        | "fixed"
                    /scheduling/backoff/backoff                          | 1
                    /scheduling/backoff/backoffFactor                    | 1.15
                    /scheduling/backoff/maxLaunchDelay                   | 300
                    /scheduling/upgrade/minimumHealthCapacity            | 1
                    /scheduling/upgrade/maximumOverCapacity              | 1
                    /scheduling/killSelection                            | "YOUNGEST_FIRST"
                    /scheduling/unreachableStrategy/expungeAfterSeconds  | 0
                    /executorResources/cpus                              | 0.1
                    /executorResources/mem                               | 32
                    /executorResources/disk                              | 10
                    """)
    void podDefaults(String pointer, String value) {
        var pod = api.post("/v2/pods", POD, fresh(), 0);

        assertThat(pod.at(pointer).toString()).isEqualTo(value);
    }

    @Test
    @DisplayName("a task is told about itself by Marathon's variables, and its own win")
    void environment() {
        var id =
                running(
                        1,
                        ", 'env': {'MINE': 'yes', 'PORT_NAMED': 'mine'}, 'labels': {'a.b': 'c'},"
                                + " 'portDefinitions': [{'port': 0, 'name': 'named'}, {'port': 0}],"
                                + " 'healthChecks': [{'protocol': 'COMMAND', 'intervalSeconds': 1, 'delaySeconds': 0,"
                                + " 'command': {'value': 'env > environment; true'}}]");
        var task = appOf(id).at("/tasks/0");

        var environment =
                api.get(
                                "/v2/tasks/%s/files/download?path=environment"
                                        .formatted(task.path("id").asText()))
                        .text()
                        .lines()
                        .toList();

        var ports = task.path("ports");
        assertThat(environment)
                .contains("MARATHON_APP_ID=" + id)
                .contains("MESOS_TASK_ID=" + task.path("id").asText())
                .contains("MARATHON_APP_VERSION=" + task.path("version").asText())
                .contains("MARATHON_APP_LABELS=A_B", "MARATHON_APP_LABEL_A_B=c")
                .contains("HOST=127.0.0.1", "MINE=yes", "PORT_NAMED=mine")
                .contains("PORT0=" + ports.path(0).asInt(), "PORT1=" + ports.path(1).asInt())
                .contains("PORT=" + ports.path(0).asInt())
                .contains("PORTS=%d,%d".formatted(ports.path(0).asInt(), ports.path(1).asInt()));
    }
}
