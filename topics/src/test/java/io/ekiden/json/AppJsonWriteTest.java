package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.model.App;
import io.ekiden.model.Given;
import io.ekiden.model.PathId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AppJsonWriteTest {
    private static final PathId WEB = PathId.of("/web");
    private static final int APPS_OF_A_SEED = 50;

    /// `-Dsim.seed=N` replays one failure.
    static LongStream seeds() {
        var one = Long.getLong("sim.seed");
        return one == null ? LongStream.range(0, 40) : LongStream.of(one);
    }

    @Test
    void anAppIsPrintedAsMarathonPrintsIt() {
        assertThat(AppJson.write(Given.app("/shop/web")).toString())
                .isEqualTo(
                        """
                        {"id":"/shop/web","backoffFactor":1.15,"backoffSeconds":1,
                        "cmd":"sleep 1000","cpus":0.1,"disk":0,"env":{"A":"1"},"executor":"",
                        "instances":2,"labels":{},"maxLaunchDelaySeconds":300,"mem":32,"gpus":0,
                        "networks":[{"mode":"host"}],
                        "portDefinitions":[{"port":10000,"name":"default","protocol":"tcp","labels":{}}],
                        "requirePorts":false,"healthChecks":[],
                        "upgradeStrategy":{"minimumHealthCapacity":1,"maximumOverCapacity":1},
                        "killSelection":"YOUNGEST_FIRST",
                        "unreachableStrategy":{"inactiveAfterSeconds":0,"expungeAfterSeconds":0},
                        "role":"*","version":"2026-11-23T12:00:00.000Z",
                        "versionInfo":{"lastScalingAt":"2026-11-23T12:00:00.000Z",
                        "lastConfigChangeAt":"2026-11-23T12:00:00.000Z"}}
                        """
                                .replace("\n", ""));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsWrittenReadsAsItWas(long seed) throws Codec.Unreadable {
        var apps = new RandomApp(seed);
        for (int i = 0; i < APPS_OF_A_SEED; i++) {
            var app = apps.next();
            var json = Json.tree(AppJson.write(app).toString());

            assertThat(Json.value(AppJson.read(app.id(), (ObjectNode) json))).isEqualTo(app);
            assertThat(Json.value(AppJson.merge(app, Json.object("{}"), true))).isEqualTo(app);
            assertThat(AppJson.formProblems((ObjectNode) json, true)).isEmpty();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noJsonWhatsoeverThrows(long seed) {
        var json = new RandomJson(seed);
        var apps = new RandomApp(seed);
        for (int i = 0; i < 10 * APPS_OF_A_SEED; i++) {
            var app = apps.next();
            var good = AppJson.write(app);

            for (var definition : List.of(json.object(), json.damaged(good))) {
                var read = AppJson.read(app.id(), definition);
                assertThat(AppJson.formProblems(definition, false)).isEqualTo(ofForm(read));
                if (read instanceof Parsed.Ok<App>(var ok)) {
                    assertThat(Json.value(AppJson.read(ok.id(), AppJson.write(ok)))).isEqualTo(ok);
                }
                AppJson.merge(app, definition, true);
                AppJson.merge(app, definition, false);
                AppJson.readId(definition);
            }
        }
    }

    /// Else damage would only ever be refused, and the test above would look at half of it.
    @Test
    void someDamageIsHarmless() {
        var json = new RandomJson(1);
        var apps = new RandomApp(1);
        var harmless = new ArrayList<App>();
        for (int i = 0; i < 10 * APPS_OF_A_SEED; i++) {
            var app = apps.next();
            if (AppJson.read(app.id(), json.damaged(AppJson.write(app)))
                    instanceof Parsed.Ok<App>(var ok)) {
                harmless.add(ok);
            }
        }

        assertThat(harmless).hasSizeBetween(10, 10 * APPS_OF_A_SEED - 10);
    }

    @Test
    void whatWasReadFitsOnTheLog() throws Codec.Unreadable {
        var app = Json.value(AppJson.read(WEB, AppJson.write(new RandomApp(3).next())));

        assertThat(Codec.decode(Fact.class, Codec.encode(Fact.class, new Fact.RunSpecPut(app))))
                .isEqualTo(new Fact.RunSpecPut(app));
    }

    @ParameterizedTest(name = "{0} partial={1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # update                                  | partial | result
                    {}                                        | true    | {"cmd": "old", "env": {"A": "1"}, "instances": 2}
                    {"instances": 5}                          | true    | {"cmd": "old", "env": {"A": "1"}, "instances": 5}
                    {"instances": null}                       | true    | {"cmd": "old", "env": {"A": "1"}, "instances": 2}
                    {"env": {"B": "2"}}                       | true    | {"cmd": "old", "env": {"B": "2"}, "instances": 2}
                    {"args": ["x"]}                           | true    | {"args": ["x"], "env": {"A": "1"}, "instances": 2}
                    {"cmd": "new", "args": []}                | true    | {"cmd": "new", "env": {"A": "1"}, "instances": 2}
                    {"ports": [7]}                            | true    | {"cmd": "old", "env": {"A": "1"}, "instances": 2, "ports": [7]}
                    {"portDefinitions": [{"port": 8}]}        | true    | {"cmd": "old", "env": {"A": "1"}, "instances": 2, "portDefinitions": [{"port": 8}]}
                    {"upgradeStrategy": {"maximumOverCapacity": 0}} | true | {"cmd": "old", "env": {"A": "1"}, "instances": 2, "upgradeStrategy": {"maximumOverCapacity": 0}}
                    {"id": "other", "version": "x"}           | true    | {"cmd": "old", "env": {"A": "1"}, "instances": 2}
                    {"cmd": "new"}                            | false   | {"cmd": "new"}
                    {"cmd": "new", "instances": 3}            | false   | {"cmd": "new", "instances": 3}
                    """)
    void anUpdateReplacesWholeFields(String update, boolean partial, String result) {
        var current = read("{'cmd': 'old', 'env': {'A': '1'}, 'instances': 2}");

        assertThat(Json.value(AppJson.merge(current, Json.object(update), partial)))
                .isEqualTo(read(result));
    }

    @Test
    void cmdTakesThePlaceOfArgs() {
        var current = read("{'args': ['x']}");

        assertThat(Json.value(AppJson.merge(current, Json.object("{'cmd': 'y'}"), true)))
                .isEqualTo(read("{'cmd': 'y'}"));
        assertThat(Json.lines(Json.problems(AppJson.merge(current, Json.object("{}"), false))))
                .hasSize(1);
    }

    @Test
    void theResultOfAnUpdateIsCheckedInFull() {
        var current = read("{'cmd': 'x', 'healthChecks': [{'portIndex': 0}]}");

        assertThat(
                        Json.lines(
                                Json.problems(
                                        AppJson.merge(
                                                current,
                                                Json.object("{'portDefinitions': []}"),
                                                true))))
                .containsExactly(
                        "!/healthChecks(0) Health check port indices must address an element of"
                                + " the ports array or container port mappings.");
    }

    @Test
    void theFormOfAnUpdateIsCheckedWithoutTheApp() {
        assertThat(
                        Json.lines(
                                AppJson.formProblems(
                                        Json.object(
                                                "{'instances': -1, 'healthChecks': [{'portIndex': 9}],"
                                                        + " 'constraints': 5, 'gpus': 1}"),
                                        true)))
                .containsExactlyInAnyOrder(
                        "/instances error.min", "/constraints error.expected.jsarray");
    }

    private static List<Problem> ofForm(Parsed<?> parsed) {
        return Json.problems(parsed).stream().filter(Problem::ofForm).toList();
    }

    private static App read(String definition) {
        return Json.value(AppJson.read(WEB, Json.object(definition)));
    }
}
