package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import io.ekiden.state.GroupTree;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsTest {
    private static final PathId SHOP = PathId.of("/shop");
    private static final String APP = "'cmd':'sleep 9','cpus':0.1,'mem':16";
    private static final String CONTENT =
            "{'apps':[{'id':'web',%s,'dependencies':['cache']},{'id':'cache',%s}],"
                            .formatted(APP, APP)
                    + "'groups':[{'id':'db','apps':[{'id':'main',%s}]}],'dependencies':[]}"
                            .formatted(APP);

    private final World world = new World().agent("a1", 8);

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private Fact put(String id, String json) {
        return put(id, json, false);
    }

    private Fact put(String id, String json, boolean force) {
        var definition = World.json(json.replace('\'', '"'));
        return world.answer(world.change(new Change.UpdateGroup(PathId.of(id), definition), force));
    }

    private static Rejection why(Fact answer) {
        return ((Fact.Refused) answer).rejection();
    }

    private List<String> specs() {
        return world.image.runSpecs().stream().map(spec -> spec.id().value()).toList();
    }

    private List<String> groups() {
        return world.image.groups().stream().map(group -> group.id().value()).toList();
    }

    private static String steps(List<Deployment.Step> steps) {
        var text = new StringBuilder();
        for (var step : steps) {
            text.append('[');
            step.actions()
                    .forEach(action ->
                            text.append(action.kind()).append(action.runSpecId()).append(' '));
            text.append(']');
        }
        return text.toString().replace(" ]", "]");
    }

    private String running() {
        return steps(world.image.deployments().iterator().next().steps());
    }

    @Test
    void aGroupComesUpInTheOrderOfItsDependenciesAndGoesInTheOpposite() {
        put("/shop", CONTENT.replace("'id':'db',", "'id':'db','dependencies':['../cache'],"));
        assertThat(running())
                .isEqualTo(
                        "[START/shop/cache START/shop/db/main START/shop/web][SCALE/shop/cache]"
                                + "[SCALE/shop/db/main SCALE/shop/web]");
        world.work();
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.running).hasSize(3);

        world.change(new Change.DeleteGroup(SHOP), false);
        assertThat(running()).isEqualTo("[STOP/shop/db/main STOP/shop/web][STOP/shop/cache]");
        world.work();
        assertThat(world.running).isEmpty();
        assertThat(groups()).containsExactly("/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    {'dependencies':['/x']} | /shop/cache,/shop/db/main,/shop/web | /,/shop,/shop/db
                    {'apps':[]}             | /shop/db/main                       | /,/shop,/shop/db
                    {'groups':[]}           | /shop/cache,/shop/web               | /,/shop
                    {'groups':[{'id':'db'}]} | /shop/cache,/shop/db/main,/shop/web | /,/shop,/shop/db
                    {'groups':[{'id':'new'}]} | /shop/cache,/shop/web             | /,/shop,/shop/new
                    {'apps':[],'groups':[]} | ""                                  | /,/shop
                    """)
    void whatIsNotGivenStaysAndAListReplacesAll(String update, String specs, String groups) {
        put("/shop", CONTENT);
        world.work();
        assertThat(put("/shop", update)).isInstanceOf(Fact.Accepted.class);

        assertThat(String.join(",", specs())).isEqualTo(specs);
        assertThat(String.join(",", groups())).isEqualTo(groups);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    {'scaleBy':2,'apps':[]}                | /scaleBy             | not allowed in conjunction with other properties.
                    {'version':'2026-01-01T00:00:00Z','dependencies':[]} | /version | not allowed in conjunction with other properties.
                    {'version':'yesterday'}                | /version             | error.expected.date.isoformat
                    {'scaleBy':-1}                         | /scaleBy             | error.min
                    {'scaleBy':'x'}                        | /scaleBy             | error.expected.jsnumber
                    {'apps':{}}                            | /apps                | error.expected.jsarray
                    {'apps':[1]}                           | /apps(0)             | error.expected.jsobject
                    {'apps':[{'cmd':'x'}]}                 | /apps(0)/id          | error.path.missing
                    {'apps':[{'id':'/other/a','cmd':'x'}]} | /apps(0)/id          | Identifier is not child of '/shop'
                    {'groups':[{'id':'/b'}]}               | /groups(0)/id        | Identifier is not child of '/shop'
                    {'groups':[{'id':'g','apps':[{'id':'a','cmd':'x'},{'id':'b'}]}]} | /groups(0)/apps(1) | AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.
                    {'groups':[{'id':'g','enforceRole':true}]} | /groups(0)/enforceRole | enforceRole can only be set for top-level groups
                    {'apps':[{'id':'a','cmd':'x'},{'id':'a','cmd':'y'}]} | /apps(1)/id | must be unique
                    {'apps':[{'id':'a','cmd':'x'}],'groups':[{'id':'a'}]} | / | Groups and Applications may not have the same identifier.
                    {'apps':[{'id':'a','cmd':'x','dependencies':['b']},{'id':'b','cmd':'x','dependencies':['a']}]} | / | Dependency graph has cyclic dependencies.
                    {'apps':[{'id':'a','cmd':'x','dependencies':['/shop']}]} | / | Dependency graph has cyclic dependencies.
                    """)
    void whatIsWrongIsToldWithItsPlace(String update, String path, String text) {
        var before = world.image.entities().size();

        assertThat(why(put("/shop", update)))
                .isInstanceOfSatisfying(
                        Rejection.Invalid.class,
                        invalid ->
                                assertThat(invalid.problems())
                                        .extracting(
                                                Problem::path,
                                                problem -> problem.errors().getFirst())
                                        .contains(org.assertj.core.groups.Tuple.tuple(path, text)));
        assertThat(world.image.entities()).hasSize(before);
    }

    @Test
    void whatIsThereIsNotCreatedAgain() {
        world.create("/solo", "{\"cmd\":\"x\"}");
        put("/shop", CONTENT);
        var empty = World.json("{}");

        assertThat(world.rejection(world.change(new Change.CreateGroup(SHOP, empty), false)))
                .isEqualTo(
                        new Rejection.Conflict(
                                "Group /shop is already created. Use PUT to change this group."));
        assertThat(
                        world.rejection(
                                world.change(
                                        new Change.CreateGroup(PathId.of("/solo"), empty), false)))
                .isEqualTo(new Rejection.Conflict("An app with the path /solo already exists."));
        assertThat(world.rejection(world.change(new Change.DeleteGroup(PathId.of("/x")), true)))
                .isEqualTo(new Rejection.NotFound("Group '/x' does not exist"));
        assertThat(why(put("/shop", "{'scaleBy':2}"))).isInstanceOf(Rejection.Locked.class);
    }

    @Test
    void scalingRoundsUpAndAnAppMayTakeAnEmptyGroupsPlace() {
        put("/shop", "{'apps':[{'id':'a','instances':3,%s}]}".formatted(APP));
        world.work();
        put("/shop", "{'scaleBy':0.5}");
        world.work();
        assertThat(world.instances("/shop/a")).hasSize(2);

        put("/empty", "{'groups':[{'id':'inner'}]}");
        world.create("/empty", "{\"cmd\":\"x\"}");
        assertThat(groups()).containsExactly("/", "/shop");
        assertThat(world.rejection(world.create("/shop", "{\"cmd\":\"x\"}")))
                .isInstanceOf(Rejection.Invalid.class);
    }

    @Test
    void aGroupReturnsToAVersion() {
        put("/shop", CONTENT);
        world.work();
        var then = GroupTree.at(world.image, SHOP, world.image.rootVersion().orElseThrow());
        var version = Timestamps.format(world.image.rootVersion().orElseThrow());
        put("/shop", "{'apps':[],'dependencies':['/x']}");
        world.work();
        world.change(new Change.DeleteGroup(SHOP), false);
        world.work();
        assertThat(specs()).isEmpty();

        assertThat(put("/shop", "{'version':'%s'}".formatted(version)))
                .isInstanceOf(Fact.Accepted.class);
        world.work();
        assertThat(specs()).containsExactly("/shop/cache", "/shop/db/main", "/shop/web");
        assertThat(world.image.group(SHOP).map(Group::dependencies))
                .contains(then.orElseThrow().group().dependencies());
        assertThat(why(put("/shop", "{'version':'2020-01-01T00:00:00.000Z'}")))
                .isEqualTo(
                        new Rejection.IllegalArgument(
                                "Group /shop not available in version 2020-01-01T00:00:00.000Z"));
    }

    @Test
    void aRevertTakesBackWhatThePlanChangedAndNothingElse() {
        put("/shop", "{'apps':[{'id':'web',%s}]}".formatted(APP));
        world.work();
        put(
                "/shop",
                "{'apps':[{'id':'web',%s,'env':{'A':'1'}},{'id':'more',%s}],".formatted(APP, APP)
                        + "'groups':[{'id':'g'}],'dependencies':['/x']}");
        world.create("/other", "{\"cmd\":\"x\",\"cpus\":0.1}");
        var id =
                world.image.deployments().stream()
                        .filter(running -> running.affected().contains(PathId.of("/shop/web")))
                        .findFirst()
                        .orElseThrow()
                        .id();

        var entry = world.change(new Change.CancelDeployment(id), false);
        assertThat(world.answer(entry)).isInstanceOf(Fact.Accepted.class);
        assertThat(entry.facts())
                .anyMatch(fact ->
                        fact instanceof Fact.DeploymentCancelled(var cancelled, var reason)
                                && cancelled.id().equals(id)
                                && reason.equals("The upgrade has been cancelled"));
        world.work();

        assertThat(specs()).containsExactly("/other", "/shop/web");
        assertThat(groups()).containsExactly("/", "/shop");
        assertThat(world.image.group(SHOP).orElseThrow().dependencies()).isEmpty();
        assertThat(world.image.app(PathId.of("/shop/web")).orElseThrow().env()).isEmpty();
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.running).hasSize(2);
        assertThat(world.rejection(world.change(new Change.CancelDeployment("no"), false)))
                .isEqualTo(new Rejection.NotFound("DeploymentPlan no does not exist"));
    }

    @ParameterizedTest
    @CsvSource({"/shop/db, true, Invalid", "/none, true, NotFound"})
    void aRoleIsEnforcedByTopLevelGroupsOnly(String id, boolean enforced, String kind) {
        put("/shop", CONTENT);
        var before = List.copyOf(world.image.entities().values());

        assertThat(world.rejection(enforceRole(id, enforced)).getClass().getSimpleName())
                .isEqualTo(kind);
        assertThat(List.copyOf(world.image.entities().values())).isEqualTo(before);
    }

    @Test
    void whetherARoleIsEnforcedIsNotedWithoutADeployment() {
        put("/shop", CONTENT);
        world.work();

        var entry = enforceRole("/shop", true);

        assertThat(world.answer(entry))
                .isInstanceOfSatisfying(
                        Fact.Accepted.class,
                        accepted -> assertThat(accepted.deploymentId()).isEmpty());
        assertThat(world.image.group(SHOP).flatMap(Group::enforceRole)).contains(true);
        assertThat(world.image.deployments()).isEmpty();
    }

    private JournalEntry enforceRole(String id, boolean enforced) {
        var definition = World.json("{\"enforceRole\":%s}".formatted(enforced));
        return world.change(new Change.EnforceRole(PathId.of(id), definition), false);
    }

    @Test
    void whatIsDefinedNoMoreGoesThoughItsDeploymentIsCancelled() {
        put("/shop", CONTENT);
        world.work();
        world.change(new Change.DeleteGroup(SHOP), false);
        var id = world.image.deployments().iterator().next().id();

        world.change(new Change.CancelDeployment(id), true);
        world.work();

        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.running).isEmpty();
        assertThat(world.image.instances()).isEmpty();
        assertThat(world.image.versions(PathId.of("/shop/web"))).isEmpty();
    }

    @Test
    void aDryRunTellsThePlanAndChangesNothing() {
        var before = world.image.entities().toString();
        var wanted =
                new Change.DryRun(
                        new Change.UpdateGroup(SHOP, World.json(CONTENT.replace('\'', '"'))));

        var entry = world.change(wanted, false);

        assertThat(entry.facts()).hasSize(1);
        assertThat(steps(((Fact.Planned) entry.facts().getFirst()).steps()))
                .isEqualTo(
                        "[START/shop/cache START/shop/db/main START/shop/web]"
                                + "[SCALE/shop/cache SCALE/shop/db/main][SCALE/shop/web]");
        assertThat(world.image.entities().toString()).isEqualTo(before);
    }

    @Test
    void noMoreRootVersionsAreKeptThanMarathonKeeps() {
        world.create("/a", "{\"cmd\":\"x\",\"instances\":0}");
        for (int i = 0; i < 70; i++) {
            put("/g", "{'dependencies':['/d%d']}".formatted(i));
        }

        assertThat(world.image.formerVersions()).hasSize(50);
        assertThat(GroupTree.versions(world.image, PathId.of("/g"))).hasSize(51);
    }
}
