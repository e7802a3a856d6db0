package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Problem;
import io.ekiden.model.App;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.KillSelection;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.VersionInfo;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppJsonReadTest {
    private static final PathId WEB = PathId.of("/web");

    @Test
    void whatIsNotGivenHasMarathonsDefault() {
        assertThat(read("{'cmd': 'sleep 1'}"))
                .isEqualTo(
                        new App(
                                WEB,
                                Optional.of("sleep 1"),
                                List.of(),
                                Optional.empty(),
                                Collections.emptySortedMap(),
                                Optional.empty(),
                                1,
                                Resources.of(1, 128, 0, 0),
                                Optional.empty(),
                                false,
                                Network.HOST,
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                List.of(port(0, "default")),
                                false,
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Collections.emptySortedMap(),
                                Collections.emptySortedSet(),
                                List.of(),
                                List.of(),
                                RunSpec.NO_ROLE,
                                BackoffStrategy.DEFAULT,
                                Optional.empty(),
                                UpgradeStrategy.DEFAULT,
                                KillSelection.YOUNGEST_FIRST,
                                UnreachableStrategy.DEFAULT,
                                AppJson.UNVERSIONED,
                                new VersionInfo(AppJson.UNVERSIONED, AppJson.UNVERSIONED)));
    }

    @Test
    void aHealthCheckHasMarathonsDefaults() {
        assertThat(read("{'cmd': 'x', 'healthChecks': [{}]}").healthChecks())
                .containsExactly(
                        new HealthCheck(
                                HealthCheck.Protocol.HTTP,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(0),
                                Optional.empty(),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(15),
                                3,
                                false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {'tcp': {}}                              | Tcp[port=Nth[index=0]]
                    {'tcp': {'portIndex': 1, 'port': null}}  | Tcp[port=Nth[index=1]]
                    {'tcp': {'portIndex': 9, 'port': 80}}    | Tcp[port=Fixed[number=80]]
                    {'http': {}}                             | Http[port=Nth[index=0], path=Optional.empty, scheme=HTTP]
                    {'http': {'path': '/a', 'scheme': 'https'}} | Http[port=Nth[index=0], path=Optional[/a], scheme=HTTPS]
                    {'exec': {'command': {'shell': 'a b'}}}  | Exec[line=a b]
                    {'exec': {'command': {'argv': ['a b']}}} | Exec[line=exec 'a b']
                    """,
            quoteCharacter = '"')
    void aCheckHasOneProbeAndMarathonsDefaults(String check, String probe) {
        var read = read("{'cmd': 'x', 'ports': [0, 0], 'check': %s}".formatted(check)).check();

        assertThat(read.orElseThrow().probe()).hasToString(probe);
        assertThat(read.orElseThrow().interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(read.orElseThrow().delay()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void everyFieldIsRead() {
        var app =
                read(
                        """
                        {'id': 'web', 'args': ['a', ''], 'user': 'nobody', 'env': {'B': '2', 'A': ''},
                         'instances': 3, 'cpus': 0.1, 'mem': 32.5, 'disk': 7,
                         'portDefinitions': [{'port': 80, 'name': 'http', 'protocol': 'UDP,TCP',
                                              'labels': {'VIP_0': '/web:80'}}, {}],
                         'requirePorts': true, 'labels': {'tier': 'one'},
                         'acceptedResourceRoles': ['*'], 'role': '*', 'backoffSeconds': 2,
                         'backoffFactor': 2, 'maxLaunchDelaySeconds': 60,
                         'taskKillGracePeriodSeconds': 9, 'killSelection': 'oldest_first',
                         'upgradeStrategy': {'minimumHealthCapacity': 0.5},
                         'unreachableStrategy': {'inactiveAfterSeconds': 1, 'expungeAfterSeconds': 2},
                         'healthChecks': [{'protocol': 'Command', 'command': {'value': 'true'},
                                           'ipProtocol': 'ipv4', 'maxConsecutiveFailures': 0}]}
                        """);

        assertThat(app.args()).containsExactly("a", "");
        assertThat(app.user()).contains("nobody");
        assertThat(app.env()).containsExactlyInAnyOrderEntriesOf(Map.of("A", "", "B", "2"));
        assertThat(app.instances()).isEqualTo(3);
        assertThat(app.resources()).isEqualTo(Resources.of(0.1, 32.5, 7, 0));
        assertThat(app.portDefinitions())
                .containsExactly(
                        new PortDefinition(
                                80,
                                Optional.of("http"),
                                "udp,tcp",
                                new TreeMap<>(Map.of("VIP_0", "/web:80")),
                                Optional.empty()),
                        new PortDefinition(
                                0,
                                Optional.empty(),
                                "tcp",
                                Collections.emptySortedMap(),
                                Optional.empty()));
        assertThat(app.requirePorts()).isTrue();
        assertThat(app.labels()).containsEntry("tier", "one");
        assertThat(app.acceptedResourceRoles()).containsExactly("*");
        assertThat(app.backoff())
                .isEqualTo(new BackoffStrategy(Duration.ofSeconds(2), 2, Duration.ofMinutes(1)));
        assertThat(app.taskKillGraceSeconds()).contains(9);
        assertThat(app.killSelection()).isEqualTo(KillSelection.OLDEST_FIRST);
        assertThat(app.upgradeStrategy()).isEqualTo(new UpgradeStrategy(0.5, 1));
        assertThat(app.unreachableStrategy())
                .isEqualTo(
                        new UnreachableStrategy.Replace(
                                Duration.ofSeconds(1), Duration.ofSeconds(2)));
        assertThat(app.healthChecks().getFirst().command()).contains("true");
        assertThat(app.healthChecks().getFirst().portIndex()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # Marathon names the first of the old ports
                    "ports": [8080, 0]                  | 8080:default,0:
                    "ports": []                         | ''
                    "portDefinitions": []               | ''
                    "portDefinitions": null             | 0:default
                    "ports": [1], "portDefinitions": [{"port": 1, "name": "x"}] | 1:x
                    """)
    void portsAndPortDefinitionsMeanTheSame(String fields, String ports) {
        var read = read("{\"cmd\": \"x\", " + fields + "}");

        assertThat(
                        read.portDefinitions().stream()
                                .map(port -> port.port() + ":" + port.name().orElse(""))
                                .toList())
                .isEqualTo(ports.isEmpty() ? List.of() : List.of(ports.split(",", -1)));
    }

    /// Read-only, unknown, null, and the default forms of what is not supported.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'version': '2020-01-01T00:00:00.000Z', 'versionInfo': {'lastScalingAt': 5}",
                "'tasksRunning': 'x', 'tasks': 5, 'deployments': {}, 'lastTaskFailure': []",
                "'noSuchField': [[{'a': null}]]",
                "'cpus': null, 'labels': null, 'healthChecks': null, 'container': null",
                "'container': {'type': 'mesos', 'volumes': [], 'portMappings': [], 'docker': null}",
                "'networks': [{'mode': 'HOST'}]",
                "'networks': [{'mode': 'host', 'labels': {}}]",
                "'networks': []",
                "'fetch': [], 'uris': [], 'constraints': [], 'dependencies': [], 'readinessChecks': []",
                "'secrets': {}, 'resourceLimits': {}, 'check': null, 'residency': null, 'ipAddress': null",
                "'gpus': 0, 'tty': false, 'executor': '', 'role': '', 'user': ''",
                "'executorResources': {'cpus': 0.1, 'mem': 32, 'disk': 10}",
                "'args': [], 'instances': 1.0, 'backoffSeconds': 1e0"
            })
    void whatSaysNothingChangesNothing(String fields) {
        assertThat(read("{'cmd': 'x', " + fields + "}")).isEqualTo(read("{'cmd': 'x'}"));
    }

    @Test
    void aSingleInstanceAppStopsBeforeItStarts() {
        var label = "{'cmd': 'x', 'labels': {'MARATHON_SINGLE_INSTANCE_APP': 'true'}";

        assertThat(read(label + "}").upgradeStrategy()).isEqualTo(new UpgradeStrategy(0, 0));
        assertThat(
                        problems(
                                label
                                        + ", 'instances': 2, 'upgradeStrategy':"
                                        + " {'minimumHealthCapacity': 0.5}}"))
                .containsExactlyInAnyOrder(
                        "!/ Single instance app may only have one instance",
                        "!/upgradeStrategy/minimumHealthCapacity got 0.5, expected 0.0",
                        "!/upgradeStrategy/maximumOverCapacity got 1.0, expected 0.0");
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThat(
                        problems(
                                """
                                {'id': 5, 'cmd': 'x', 'args': ['y'], 'mem': -1, 'instances': '3',
                                 'portDefinitions': [{'port': 1}, {'port': 70000}],
                                 'env': {'A': 1, 'S': {'secret': 's'}},
                                 'healthChecks': [{'portIndex': -1, 'protocol': 'FTP'}],
                                 'constraints': [['hostname', 'SPREAD']], 'killSelection': 'any'}
                                """))
                .containsExactlyInAnyOrder(
                        "/id error.expected.jsstring",
                        "!/ AppDefinition must either contain one of 'cmd' or 'args', and/or a"
                                + " 'container'.",
                        "/mem error.min",
                        "/instances error.expected.jsnumber",
                        "/portDefinitions(1)/port error.max",
                        "/env/A error.expected.jsstring",
                        "!/env/S/secret references an undefined secret",
                        "/healthChecks(0)/portIndex error.min",
                        "/healthChecks(0)/protocol error.unknown.enum.literal",
                        "!/constraints(0) Constraint operator must be one of UNIQUE, CLUSTER, LIKE,"
                                + " UNLIKE, MAX_PER, GROUP_BY, IS",
                        "/killSelection error.unknown.enum.literal");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "id": ""                              | /id error.minLength
                    "id": "/Web"                          | /id error.pattern
                    "id": "/a_b"                          | /id error.pattern
                    "dependencies": ["../db", "B_"]       | /dependencies(1) error.pattern
                    "id": "/"                             | !/id Path must contain at least one path element
                    "cmd": ""                             | /cmd error.minLength
                    "cmd": []                             | /cmd error.expected.jsstring
                    "cmd": "a\\u0000b"                    | /cmd error.pattern
                    "args": "x"                           | /args error.expected.jsarray
                    "args": [null]                        | /args(0) error.expected.jsstring
                    "env": []                             | /env error.expected.jsobject
                    "env": {"A": null}                    | /env/A error.expected.jsstring
                    "env": {"A=B": "1"}                   | /env error.pattern
                    "env": {"": "1"}                      | !/env must not be empty
                    "labels": {"a": 1}                    | /labels/a error.expected.jsstring
                    "instances": 2147483648               | /instances error.expected.int
                    "instances": 1.5                      | /instances error.expected.int
                    "instances": 1e400                    | /instances error.expected.jsnumber
                    "instances": 100001                   | /instances error.max
                    "instances": -1                       | /instances error.min
                    "cpus": 0                             | /cpus error.min
                    "cpus": 1e400                         | /cpus error.expected.jsnumber
                    "cpus": "NaN"                         | /cpus error.expected.jsnumber
                    "mem": 1e300                          | /mem error.max
                    "disk": -0.5                          | /disk error.min
                    "requirePorts": "true"                | /requirePorts error.expected.jsboolean
                    "backoffFactor": 0.9                  | /backoffFactor error.min
                    "backoffSeconds": -1                  | /backoffSeconds error.min
                    "maxLaunchDelaySeconds": -1           | /maxLaunchDelaySeconds error.min
                    "taskKillGracePeriodSeconds": -1      | /taskKillGracePeriodSeconds error.min
                    "upgradeStrategy": {"minimumHealthCapacity": 1.1} | /upgradeStrategy/minimumHealthCapacity error.max
                    "upgradeStrategy": {"progressDeadlineSeconds": 0} | /upgradeStrategy/progressDeadlineSeconds error.min
                    "upgradeStrategy": {"canary": {}}     | /upgradeStrategy/canary/instances error.path.missing
                    "upgradeStrategy": {"canary": {"instances": 0}} | /upgradeStrategy/canary/instances error.min
                    "upgradeStrategy": {"maxLaunchFailures": 0} | /upgradeStrategy/maxLaunchFailures error.min
                    "upgradeStrategy": {"maxLaunchFailures": 1.5} | /upgradeStrategy/maxLaunchFailures error.expected.int
                    "upgradeStrategy": {"autoRollback": 1, "maxLaunchFailures": 1} | /upgradeStrategy/autoRollback error.expected.jsboolean
                    "upgradeStrategy": {"autoRollback": true} | !/upgradeStrategy/autoRollback needs progressDeadlineSeconds or maxLaunchFailures
                    "upgradeStrategy": "fast"             | /upgradeStrategy error.expected.jsobject
                    "unreachableStrategy": "enabled"      | /unreachableStrategy error.unknown.enum.literal
                    "unreachableStrategy": 5              | /unreachableStrategy error.expected.jsobject
                    "unreachableStrategy": {"inactiveAfterSeconds": 1.5} | /unreachableStrategy/inactiveAfterSeconds error.expected.long
                    "unreachableStrategy": {"expungeAfterSeconds": 9223372036854775807} | /unreachableStrategy/expungeAfterSeconds error.max
                    "unreachableStrategy": {"inactiveAfterSeconds": 2, "expungeAfterSeconds": 1} | !/unreachableStrategy/inactiveAfterSeconds inactiveAfterSeconds (2) must be less or equal to expungeAfterSeconds, which is 1
                    "acceptedResourceRoles": []           | !/acceptedResourceRoles must not be empty
                    "ports": [1, 1]                       | !/ ports must be unique
                    "ports": [65536]                      | /ports(0) error.max
                    "ports": [1], "portDefinitions": []   | !/ cannot specify both ports and port definitions
                    "portDefinitions": [{"port": 1}, {"port": 1}]       | !/portDefinitions Ports must be unique.
                    "portDefinitions": [{"name": "a"}, {"name": "a"}]   | !/portDefinitions Port names must be unique.
                    "portDefinitions": [{"name": "A"}]                  | /portDefinitions(0)/name error.pattern
                    "portDefinitions": [{"protocol": "sctp"}]           | /portDefinitions(0)/protocol error.unknown.enum.literal
                    "portDefinitions": [5]                              | /portDefinitions(0) error.expected.jsobject
                    "healthChecks": {}                                  | /healthChecks error.expected.jsarray
                    "healthChecks": [{"portIndex": 1}]                  | !/healthChecks(0) Health check port indices must address an element of the ports array or container port mappings.
                    "healthChecks": [{}], "ports": []                   | !/healthChecks(0) Health check port indices must address an element of the ports array or container port mappings.
                    "healthChecks": [{"gracePeriodSeconds": -1}]        | /healthChecks(0)/gracePeriodSeconds error.min
                    "healthChecks": [{"protocol": "COMMAND"}]           | !/healthChecks(0)/command must be given for the protocol COMMAND
                    "healthChecks": [{"protocol": "COMMAND", "command": {}}] | /healthChecks(0)/command/value error.path.missing
                    "healthChecks": [{"command": {"value": "x"}}]       | !/healthChecks(0)/command may only be given for the protocol COMMAND
                    "healthChecks": [{"protocol": "MESOS_TCP"}, {"protocol": "MESOS_HTTP"}] | !/ AppDefinition can contain at most one Mesos health check
                    "constraints": [["a"]]                | !/constraints(0) Each constraint must have either 2 or 3 fields
                    "constraints": [["a", "UNIQUE", "b"]] | !/constraints(0) UNIQUE takes no value
                    "constraints": [["a", "MAX_PER", "0"]] | !/constraints(0) MAX_PER needs a number of at least 1
                    "constraints": [["a", "LIKE", "(?=x)"]] | !/constraints(0) the regular expression '(?=x)' is not valid
                    "constraints": [["a", 5]]             | /constraints(0) error.expected.jsstring
                    "readinessChecks": [{}]               | !/readinessChecks(0)/portName 'http-api' is no name of a port of the app
                    "readinessChecks": [{"portName": "default", "timeoutSeconds": 30}] | !/readinessChecks(0)/timeoutSeconds timeoutSeconds must be less than intervalSeconds (30)
                    "readinessChecks": [{"portName": "default"}, {"portName": "default"}] | !/readinessChecks may contain at most one readiness check
                    "check": {}                           | !/check must have exactly one of 'http', 'tcp' and 'exec'
                    "check": {"tcp": {}, "http": {}}      | !/check must have exactly one of 'http', 'tcp' and 'exec'
                    "check": {"tcp": 5}                   | /check/tcp error.expected.jsobject
                    "check": {"tcp": {"port": 65536}}     | /check/tcp/port error.max
                    "check": {"tcp": {"portIndex": 1}}    | !/check/tcp Check port indices must address an element of the ports array or container port mappings.
                    "check": {"http": {}}, "ports": []    | !/check/http Check port indices must address an element of the ports array or container port mappings.
                    "check": {"http": {"scheme": "FTP"}}  | /check/http/scheme error.unknown.enum.literal
                    "check": {"exec": {}}                 | /check/exec/command error.path.missing
                    "check": {"exec": {"command": {}}}    | /check/exec/command/shell error.path.missing
                    "check": {"exec": {"command": {"shell": "x"}}, "intervalSeconds": -1} | /check/intervalSeconds error.min
                    "labels": {"DCOS_MIGRATION_API_VERSION": "v1"}      | !/ DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION
                    """)
    void aProblemNamesItsPlaceInMarathonsWords(String fields, String problem) {
        assertThat(problems(withCmd(fields))).containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "container": {"type": "MESOS", "docker": {"image": "x", "parameters": [{"key": "hostname", "value": "h"}]}} | /container/docker/parameters
                    "container": {"type": "MESOS", "docker": {"image": "x", "privileged": true}} | /container/docker/privileged
                    "executorResources": {"cpus": 1}                         | /executorResources/cpus
                    "executor": "//cmd"                                      | /executor
                    "container": {"type": "MESOS", "linuxInfo": {"seccomp": {"unconfined": true}}} | /container/linuxInfo
                    "healthChecks": [{"ipProtocol": "IPv6"}]                 | /healthChecks(0)/ipProtocol
                    """)
    void whatIsNotHonouredYetIsRefused(String fields, String paths) {
        assertThat(problems(withCmd(fields)))
                .isEqualTo(
                        List.of(paths.split(",")).stream()
                                .map(p -> "!" + p + " is not supported by this version of Ekiden")
                                .toList());
    }

    @Test
    void anImageAloneSaysWhatToRun() {
        assertThat(problems("{'container': {'docker': {'image': 'x'}}}")).isEmpty();
        assertThat(problems("{'container': {'type': 'MESOS'}}"))
                .containsExactly(
                        "!/ AppDefinition must either contain one of 'cmd' or 'args', and/or a"
                                + " 'container'.");
    }

    @ParameterizedTest
    @CsvSource({
        "instances, 100000",
        "cpus, 1000000000",
        "mem, 1000000000",
        "backoffFactor, 1000",
        "backoffSeconds, 2147483647"
    })
    void limitsAreExact(String field, long limit) {
        assertThat(problems("{'cmd': 'x', '%s': %d}".formatted(field, limit))).isEmpty();
        assertThat(problems("{'cmd': 'x', '%s': %d}".formatted(field, limit + 1))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "labels, 1000",
        "env, 1000",
        "args, 1000",
        "portDefinitions, 100",
        "healthChecks, 100"
    })
    void collectionsHaveALimit(String field, int limit) {
        assertThat(problemsOf(field, limit)).isEmpty();
        assertThat(problemsOf(field, limit + 1)).containsExactly("/" + field + " error.maxLength");
    }

    private static List<String> problemsOf(String field, int size) {
        var definition = Json.object("{}");
        if (!field.equals("args")) {
            definition.put("cmd", "x");
        }
        for (int i = 0; i < size; i++) {
            switch (field) {
                case "labels", "env" -> definition.withObjectProperty(field).put("k" + i, "v");
                case "args" -> definition.withArrayProperty(field).add("x");
                default -> definition.withArrayProperty(field).addObject().put("delaySeconds", i);
            }
        }
        return Json.lines(Json.problems(AppJson.read(WEB, definition)));
    }

    @Test
    void aVeryLongIdIsRefusedBeforeAPatternMeetsIt() {
        var long_ = PathId.of("a.".repeat(100_000) + "a");

        assertThat(Json.lines(Json.problems(AppJson.read(long_, Json.object("{'cmd': 'x'}")))))
                .containsExactly("/id error.maxLength");
        assertThat(
                        Json.problems(
                                AppJson.read(
                                        PathId.of("a".repeat(Limits.MAX_ID_LENGTH - 1)),
                                        Json.object("{'cmd': 'x'}"))))
                .isEmpty();
    }

    @Test
    void theIdOfTheUriIsCheckedToo() {
        assertThat(
                        Json.problems(
                                AppJson.read(PathId.of("/web/tasks"), Json.object("{'cmd': 'x'}"))))
                .containsExactly(
                        Problem.rule(
                                "/id",
                                "must not end with any of the following reserved keywords:"
                                        + " restart, tasks, versions, ., .."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"id": "shop//web/"} | /shop/web
                    {"id": "../web"}     | /web
                    {}                   | /id error.path.missing
                    {"id": null}         | /id error.path.missing
                    {"id": 5}            | /id error.expected.jsstring
                    {"id": "A"}          | /id error.pattern
                    """)
    void anIdIsResolvedAgainstTheRoot(String definition, String expected) {
        var said =
                switch (AppJson.readId(Json.object(definition))) {
                    case Parsed.Ok<PathId>(var id) -> id.value();
                    case Parsed.Invalid<PathId>(var problems) -> Json.lines(problems).getFirst();
                };

        assertThat(said).isEqualTo(expected);
    }

    private static App read(String definition) {
        return Json.value(AppJson.read(WEB, Json.object(definition)));
    }

    private static List<String> problems(String definition) {
        return Json.lines(Json.problems(AppJson.read(WEB, Json.object(definition))));
    }

    private static String withCmd(String fields) {
        boolean hasCommand = fields.startsWith("\"cmd\"") || fields.startsWith("\"args\"");
        return hasCommand ? "{" + fields + "}" : "{\"cmd\": \"x\", " + fields + "}";
    }

    private static PortDefinition port(int port, String name) {
        return new PortDefinition(
                port, Optional.of(name), "tcp", Collections.emptySortedMap(), Optional.empty());
    }
}
