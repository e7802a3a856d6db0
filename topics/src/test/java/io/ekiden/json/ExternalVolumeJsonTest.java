package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.Volume;
import io.ekiden.model.Volume.External;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Volumes of Docker volume drivers, by the rules of Marathon's `DVDIProvider`.
class ExternalVolumeJsonTest {
    private static final PathId DB = PathId.of("/db");
    private static final String REX_RAY =
            "'name': 'data', 'provider': 'dvdi', 'options': {'dvdi/driver': 'rexray'}";

    private static App read(String json) {
        return Json.value(AppJson.read(DB, Json.object(json)));
    }

    private static List<String> problems(String json) {
        return Json.lines(Json.problems(AppJson.read(DB, Json.object(json))));
    }

    private static String app(String external, String more) {
        return app("'type': 'DOCKER', 'docker': {'image': 'x'}", "'mode': 'RW'", external, more);
    }

    private static String app(String container, String volume, String external, String more) {
        return "{'container': {%s, 'volumes': [{'containerPath': '/d', %s, 'external': {%s}}]}%s}"
                .formatted(container, volume, external, more);
    }

    @Test
    void aVolumeHasItsDriverItsOptionsAndItsSize() {
        var app =
                read(
                        app(
                                """
                                'name': 'data', 'provider': 'dvdi', 'size': 100,
                                'options': {'dvdi/driver': 'rexray', 'dvdi/iops': '5', 'dvdi/size': '7',
                                            'dvdi/newfstype': 'ext4', 'other/x': 'y'}
                                """,
                                ""));

        var volume = app.externalVolumes().getFirst();
        assertThat(volume.driver()).isEqualTo("rexray");
        assertThat(volume.shared()).isFalse();
        assertThat(volume.driverOptions())
                .isEqualTo(Map.of("iops", "5", "newfstype", "ext4", "size", "100"));
        assertThat(app.usesAlone()).isTrue();
        assertThat(app.resident()).isFalse();
        assertThat(app.upgradeStrategy()).isEqualTo(new UpgradeStrategy(0.5, 0));
        assertThat(app.unreachableStrategy()).isEqualTo(new UnreachableStrategy.Disabled());
        assertThat(AppJson.write(app).at("/container/volumes/0").toString())
                .isEqualTo(
                        Json.object(
                                        """
                                        {'containerPath': '/d', 'mode': 'RW', 'external':
                                          {'name': 'data', 'provider': 'dvdi', 'size': 100,
                                           'options': {'dvdi/driver': 'rexray', 'dvdi/iops': '5',
                                                       'dvdi/newfstype': 'ext4', 'dvdi/size': '7', 'other/x': 'y'},
                                           'shared': false}}
                                        """)
                                .toString());
        assertThat(AppJson.read(DB, AppJson.write(app))).isEqualTo(new Parsed.Ok<>(app));
    }

    @Test
    void aSharedOneIsForAsManyTasksAsOneLikes() {
        var app = read(app(REX_RAY + ", 'shared': true", ", 'instances': 3"));

        assertThat(app.externalVolumes())
                .containsExactly(
                        new External(
                                "/d",
                                Volume.Mode.RW,
                                "data",
                                Optional.empty(),
                                new TreeMap<>(Map.of("dvdi/driver", "rexray")),
                                true));
        assertThat(app.usesAlone()).isFalse();
        assertThat(app.unreachableStrategy()).isEqualTo(UnreachableStrategy.DEFAULT);
    }

    @Test
    void whoSaysWhenAnUnreachableTaskIsOverIsBelieved() {
        var strategy =
                ", 'unreachableStrategy': {'inactiveAfterSeconds': 60, 'expungeAfterSeconds': 600}";

        assertThat(read(app(REX_RAY, strategy)).unreachableStrategy())
                .isEqualTo(
                        new UnreachableStrategy.Replace(
                                Duration.ofSeconds(60), Duration.ofSeconds(600)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'provider': 'dvdi', 'options': {'dvdi/driver': 'd'}                              | !/name not defined
                    'name': '', 'provider': 'dvdi', 'options': {'dvdi/driver': 'd'}                  | !/name must not be empty
                    'name': 5, 'provider': 'dvdi', 'options': {'dvdi/driver': 'd'}                   | /name error.expected.jsstring
                    'name': 'n', 'options': {'dvdi/driver': 'd'}                                     | !/provider not defined
                    'name': 'n', 'provider': 'nfs', 'options': {'dvdi/driver': 'd'}                  | !/provider is unknown provider
                    'name': 'n', 'provider': 'csi', 'options': {'dvdi/driver': 'd'}                  | !/provider is not supported by this version of Ekiden
                    'name': 'n', 'provider': 'dvdi'                                                  | !/options("dvdi/driver") not defined
                    'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'A_'}                | !/options("dvdi/driver") must match regular expression '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$'
                    'name': 'n', 'provider': 'dvdi', 'size': -1, 'options': {'dvdi/driver': 'd'}     | /size error.min
                    'name': 'n', 'provider': 'dvdi', 'shared': 'x', 'options': {'dvdi/driver': 'd'}  | /shared error.expected.jsboolean
                    'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'd', 'iops': '1'}    | !/options 'iops' must match regular expression '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?/[A-Za-z0-9](?:[-A-Za-z0-9\\._:]*[A-Za-z0-9])?$'
                    'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'rexray', 'dvdi/iops': '0'}        | !/options("dvdi/iops") Expected a valid, positive integer
                    'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'rexray', 'dvdi/overwritefs': '1'} | !/options("dvdi/overwritefs") Expected a valid boolean
                    'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'rexray', 'dvdi/newfstype': 'X'}   | !/options("dvdi/newfstype") must match regular expression '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$'
                    'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'local', 'dvdi/device': '/'}       | !/options the driver 'local' takes no options and no size here: they could name any directory of the machine
                    'name': 'n', 'provider': 'dvdi', 'size': 5, 'options': {'dvdi/driver': 'local'}                | !/options the driver 'local' takes no options and no size here: they could name any directory of the machine
                    """)
    void aProblemNamesItsPlace(String external, String problem) {
        assertThat(problems(app(external, "")))
                .containsExactly(problem.replaceFirst("/", "/container/volumes(0)/external/"));
    }

    @Test
    void nativeTasksHaveNoneAndAreToldWhy() {
        var problems = problems(app("'type': 'MESOS'", "'mode': 'RW'", REX_RAY, ", 'cmd': 'x'"));

        assertThat(problems)
                .containsExactly(
                        "!/container/volumes(0)/external "
                                + "needs a container of type DOCKER: only the Docker engine can"
                                + " mount it");
    }

    @Test
    void oneAloneHasOneInstanceAndIsNamedOnce() {
        assertThat(problems(app(REX_RAY, ", 'instances': 2")))
                .containsExactly(
                        "!/ "
                                + "Number of instances is limited to 1 when declaring DVDI volumes"
                                + " in app [/db]");
        var twice =
                app(
                        "'docker': {'image': 'x'}",
                        "'mode': 'RO'",
                        REX_RAY
                                + "}}, {'containerPath': '/e', 'mode': 'RW', 'external': {"
                                + REX_RAY,
                        "");
        assertThat(problems(twice))
                .containsExactly(
                        "!/ "
                                + "Requested DVDI volume 'data' is declared more than once within"
                                + " app /db");
    }

    @Test
    void theModeMustBeSaidAndNoMoreInstancesMayRunThanAreWanted() {
        assertThat(problems(app("'docker': {'image': 'x'}", "'x': 1", REX_RAY, "")))
                .containsExactly("/container/volumes(0)/mode error.path.missing");
        assertThat(problems(app(REX_RAY, ", 'upgradeStrategy': {'maximumOverCapacity': 1}")))
                .containsExactly(
                        "!/upgradeStrategy/maximumOverCapacity " + "got 1.0, expected 0.0");
    }
}
