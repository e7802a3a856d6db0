package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.PathId;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolesTest {
    private static final String CMD = "'cmd':'x','mem':1,'cpus':0.1";

    private final World world = new World();

    /// One group that enforces its role and one that does not, and an agent of the first.
    @BeforeEach
    void twoGroups() {
        world.agent("a1", 4, "@role:dev").agent("a2", 4);
        accepted(group("/dev", "{'enforceRole':true}"));
        accepted(group("/free", "{}"));
    }

    private Fact group(String id, String json) {
        var definition = World.json(json.replace('\'', '"'));
        return world.answer(world.change(new Change.UpdateGroup(PathId.of(id), definition), false));
    }

    private Fact app(String id, String fields) {
        var json = "{'id':'%s',%s%s}".formatted(id, CMD, fields).replace('\'', '"');
        return world.answer(
                world.change(new Change.CreateApp(PathId.of(id), World.json(json)), true));
    }

    private Fact update(String id, String fields) {
        var json = World.json(fields.replace('\'', '"'));
        var update = new Change.AppUpdate(PathId.of(id), json);
        return world.answer(
                world.change(new Change.UpdateApps(List.of(update), false, true), true));
    }

    private static void accepted(Fact answer) {
        assertThat(answer).isInstanceOf(Fact.Accepted.class);
    }

    private static String problems(Fact answer) {
        var invalid = (Rejection.Invalid) ((Fact.Refused) answer).rejection();
        return invalid.problems().stream().map(RolesTest::text).collect(Collectors.joining("; "));
    }

    private static String text(Problem problem) {
        return problem.path() + " " + String.join(", ", problem.errors());
    }

    private String role(String id) {
        return world.image.runSpec(PathId.of(id)).orElseThrow().role();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    /a        | ""                                     | *
                    /a        | ,'role':'*'                            | *
                    /dev/a    | ""                                     | dev
                    /dev/a    | ,'role':'dev'                          | dev
                    /dev/x/a  | ""                                     | dev
                    /free/a   | ""                                     | *
                    /free/a   | ,'role':'free'                         | free
                    /new/a    | ,'role':'new'                          | new
                    /free/x/a | ,'role':'free'                         | free
                    /dev/a    | ,'acceptedResourceRoles':['*','dev']   | dev
                    /free/a   | ,'acceptedResourceRoles':['*']         | *
                    """)
    void aRoleIsNamedOrGiven(String id, String fields, String role) {
        accepted(app(id, fields));
        assertThat(role(id)).isEqualTo(role);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    /a        | ,'role':'a'                        | /role must be one of: *
                    /dev/a    | ,'role':'*'                        | /role must be one of: dev
                    /dev/a    | ,'role':'free'                     | /role must be one of: dev
                    /free/x/a | ,'role':'x'                        | /role must be one of: *, free
                    /free/a   | ,'acceptedResourceRoles':['free']  | /acceptedResourceRoles acceptedResourceRoles can only contain * and *
                    /dev/a    | ,'acceptedResourceRoles':['free']  | /acceptedResourceRoles acceptedResourceRoles can only contain * and dev
                    """)
    void othersAreRefused(String id, String fields, String problems) {
        assertThat(problems(app(id, fields))).isEqualTo(problems);
        assertThat(world.image.runSpecs()).isEmpty();
    }

    @Test
    void aPodHasARoleAsAnAppHas() {
        var json =
                World.json(
                        """
                        {"id":"/dev/p","containers":[{"name":"c","exec":{"command":{"shell":"x"}},
                        "resources":{"cpus":0.1,"mem":1}}],"scheduling":{"placement":
                        {"acceptedResourceRoles":["other"]}}}\
                        """);
        var create = new Change.CreatePod(PathId.of("/dev/p"), json);
        assertThat(problems(world.answer(world.change(create, false))))
                .isEqualTo(
                        "/scheduling/placement/acceptedResourceRoles acceptedResourceRoles can"
                                + " only contain * and dev");
        json.remove("scheduling");
        accepted(world.answer(world.change(create, false)));
        assertThat(role("/dev/p")).isEqualTo("dev");
    }

    @Test
    void anInstanceRunsOnAgentsOfItsRoleAndOfAll() {
        accepted(app("/dev/a", ",'instances':4,'acceptedResourceRoles':['dev']"));
        accepted(app("/free/a", ",'instances':4"));
        world.work();
        var agents =
                world.image.instances().stream()
                        .map(instance ->
                                instance.runSpecId()
                                        + " "
                                        + instance.placement().orElseThrow().agentId())
                        .distinct();
        assertThat(agents).containsExactlyInAnyOrder("/dev/a a1", "/free/a a2");
    }

    /// Marathon's way to bring running apps under a group's role: they keep theirs until they are
    /// given the new one.
    @Test
    void whatHadARoleKeepsItWhenAnotherIsEnforced() {
        accepted(app("/free/a", ""));
        accepted(app("/free/b", ""));
        var enforce =
                new Change.EnforceRole(PathId.of("/free"), World.json("{\"enforceRole\":true}"));
        accepted(world.answer(world.change(enforce, false)));

        accepted(update("/free/a", "{'instances':2}"));
        assertThat(role("/free/a")).isEqualTo("*");
        accepted(update("/free/a", "{'role':'free'}"));
        assertThat(role("/free/a")).isEqualTo("free");
        assertThat(problems(update("/free/a", "{'role':'*'}")))
                .isEqualTo("/role must be one of: free");
        assertThat(problems(app("/free/c", ",'role':'*'"))).isEqualTo("/role must be one of: free");
        assertThat(role("/free/b")).isEqualTo("*");
    }

    @Test
    void aVersionOfOldMayBeReturnedToWithItsRole() {
        accepted(app("/free/a", ""));
        var old = world.image.runSpec(PathId.of("/free/a")).orElseThrow().version();
        accepted(update("/free/a", "{'role':'free'}"));
        var enforce =
                new Change.EnforceRole(PathId.of("/free"), World.json("{\"enforceRole\":true}"));
        accepted(world.answer(world.change(enforce, false)));

        accepted(update("/free/a", "{'version':'%s'}".formatted(old)));
        assertThat(role("/free/a")).isEqualTo("*");
    }

    @Test
    void aChangeOfTheRoleReplacesTheInstances() {
        accepted(app("/free/a", ""));
        world.work();
        var before = world.image.instances().iterator().next().taskId();
        accepted(update("/free/a", "{'role':'free'}"));
        world.work();
        assertThat(world.image.instances())
                .singleElement()
                .satisfies(instance -> assertThat(instance.taskId()).isNotEqualTo(before));
    }
}
