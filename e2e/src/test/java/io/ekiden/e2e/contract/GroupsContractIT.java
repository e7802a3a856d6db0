package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `/v2/groups`: table a.2, and the rules of groups in part b.5.
final class GroupsContractIT extends ContractTest {
    private static final String TREE =
            "{'id': '%s', 'apps': [{'id': 'a', 'cmd': 'x', 'instances': 0}],"
                    + " 'groups': [{'id': 'g', 'apps': [{'id': 'b', 'cmd': 'x', 'instances': 0}]}]}";

    private String tree() {
        var id = fresh();
        assertThat(api.post("/v2/groups", TREE, id).status()).isEqualTo(201);
        settledBelow(id);
        return id;
    }

    private JsonNode group(String id) {
        return api.get("/v2/groups" + id).json();
    }

    private static List<String> ids(JsonNode list) {
        return Api.each(list).map(one -> one.path("id").asText()).toList();
    }

    private static void assertDeployed(Api.Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/version").asText()).isNotEmpty();
        assertThat(reply.at("/deploymentId").asText()).isNotEmpty();
    }

    @Test
    @DisplayName("POST answers 201 with the deployment and where the group is")
    void create() {
        var id = fresh();

        var reply = api.post("/v2/groups", TREE, id);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Location")).isEqualTo(id);
        assertThat(reply.header("Marathon-Deployment-Id"))
                .isEqualTo(reply.at("/deploymentId").asText());
        assertThat(ids(group(id).path("apps"))).containsExactly(id + "/a");
        assertThat(ids(group(id).at("/groups/0/apps"))).containsExactly(id + "/g/b");
    }

    @Test
    @DisplayName("POST into a group means its id from there")
    void createBelow() {
        var id = tree();

        var reply = api.post("/v2/groups" + id, "{'id': 'h', 'apps': []}");

        assertThat(reply.header("Location")).isEqualTo(id + "/h");
        assertThat(ids(group(id).path("groups"))).containsExactly(id + "/g", id + "/h");
    }

    @Test
    @DisplayName("POST of a group or an app that is there is 409")
    void createTwice() {
        var id = tree();

        assertThat(api.post("/v2/groups", TREE, id).refusal())
                .isEqualTo(
                        "409 Group %s is already created. Use PUT to change this group."
                                .formatted(id));
        assertThat(api.post("/v2/groups", "{'id': '%s/a'}", id).refusal())
                .isEqualTo("409 An app with the path %s/a already exists.".formatted(id));
    }

    @Test
    @DisplayName("GET shows groups, apps and pods, unless told what to embed")
    void embeds() {
        var id = tree();
        api.post("/v2/pods", POD, id + "/p", 0);

        var all = group(id);
        var groups = group(id + "?embed=group.groups");
        var tasks = group(id + "?embed=group.apps&embed=group.apps.tasks");

        assertThat(ids(all.path("pods"))).containsExactly(id + "/p");
        assertThat(all.path("dependencies").isArray()).isTrue();
        assertThat(all.path("version").asText()).isNotEmpty();
        assertThat(groups.path("groups")).hasSize(1);
        assertThat(groups.has("apps")).isFalse();
        assertThat(groups.has("pods")).isFalse();
        assertThat(tasks.at("/apps/0/tasks").isArray()).isTrue();
        assertThat(tasks.has("groups")).isFalse();
    }

    @Test
    @DisplayName("the root group has everything")
    void root() {
        var id = tree();

        assertThat(group("").path("id").asText()).isEqualTo("/");
        assertThat(ids(group("").path("groups"))).contains(id);
    }

    @Test
    @DisplayName("a group that is not there is 404")
    void missing() {
        assertThat(api.get("/v2/groups/no/such").refusal())
                .isEqualTo("404 Group '/no/such' does not exist");
        assertThat(api.get("/v2/groups/no/such/versions").status()).isEqualTo(404);
        assertThat(api.delete("/v2/groups/no/such").refusal())
                .isEqualTo("404 Group '/no/such' does not exist");
    }

    @Test
    @DisplayName("…/apps is a list of all apps of the tree")
    void apps() {
        var id = tree();

        assertThat(ids(api.get("/v2/groups" + id + "/apps").json()))
                .containsExactlyInAnyOrder(id + "/a", id + "/g/b");
        assertThat(ids(api.get("/v2/groups/apps").json())).contains(id + "/g/b");
    }

    @Test
    @DisplayName("PUT keeps what is not given, and a given list replaces what was there")
    void update() {
        var id = tree();

        assertDeployed(
                api.put("/v2/groups" + id, "{'apps': [{'id': 'c', 'cmd': 'x', 'instances': 0}]}"));

        settledBelow(id);
        assertThat(ids(group(id).path("apps"))).containsExactly(id + "/c");
        assertThat(ids(group(id).path("groups"))).containsExactly(id + "/g");
    }

    @Test
    @DisplayName("PUT creates a group that is not there")
    void putCreates() {
        var id = fresh();

        assertDeployed(api.put("/v2/groups" + id, "{'apps': []}"));

        assertThat(group(id).path("id").asText()).isEqualTo(id);
    }

    @Test
    @DisplayName("PUT without an id in its path means the one in its body")
    void putRoot() {
        var id = fresh();

        assertDeployed(api.put("/v2/groups", TREE, id));

        assertThat(ids(group(id).path("apps"))).containsExactly(id + "/a");
    }

    @Test
    @DisplayName("PUT with dryRun tells the steps and changes nothing")
    void dryRun() {
        var id = tree();

        var reply =
                api.put(
                        "/v2/groups" + id + "?dryRun=true",
                        "{'apps': [{'id': 'c', 'cmd': 'x', 'instances': 1}]}");

        assertThat(reply.status()).isEqualTo(200);
        var actions =
                Api.each(reply.at("/steps"))
                        .flatMap(step -> Api.each(step.path("actions")))
                        .map(a -> a.path("action").asText() + " " + a.path("app").asText())
                        .toList();
        assertThat(actions)
                .contains("StopApplication " + id + "/a", "StartApplication " + id + "/c")
                .contains("ScaleApplication " + id + "/c");
        assertThat(ids(group(id).path("apps"))).containsExactly(id + "/a");
    }

    @Test
    @DisplayName("PUT of scaleBy multiplies all instances, rounded up")
    void scaleBy() {
        var id = fresh();
        api.post(
                "/v2/groups",
                "{'id': '%s', 'apps': [{'id': 'a', 'cmd': 'exec sleep 60', 'cpus': 0.01, 'mem': 4,"
                        + " 'instances': 1}]}",
                id);
        settledBelow(id);

        assertDeployed(api.put("/v2/groups" + id, "{'scaleBy': 1.5}"));

        assertThat(appOf(id + "/a").path("instances").asInt()).isEqualTo(2);
        settledBelow(id);
        assertDeployed(api.put("/v2/groups" + id, "{'scaleBy': 0}"));
    }

    @Test
    @DisplayName("pods are not told in a group's definition: they are kept, and not scaled")
    void keepsPods() {
        var id = tree();
        api.post("/v2/pods", POD, id + "/p", 0);
        settledBelow(id);

        assertDeployed(api.put("/v2/groups" + id, "{'apps': [], 'groups': []}"));
        settledBelow(id);
        assertDeployed(api.put("/v2/groups" + id, "{'scaleBy': 2}"));

        assertThat(ids(group(id).path("pods"))).containsExactly(id + "/p");
        assertThat(api.get("/v2/pods" + id + "/p").at("/scaling/instances").asInt()).isZero();
    }

    @Test
    @DisplayName("what others depend on goes after them")
    void removal() {
        var id = fresh();
        api.put(
                "/v2/groups" + id,
                "{'apps': [{'id': 'db', 'cmd': 'x', 'instances': 0}, {'id': 'web', 'cmd': 'x',"
                        + " 'instances': 0, 'dependencies': ['db']}]}");
        settledBelow(id);

        var steps = api.put("/v2/groups" + id + "?dryRun=true", "{'apps': []}").at("/steps");

        assertThat(Api.each(steps).map(step -> step.at("/actions/0/app").asText()))
                .containsExactly(id + "/web", id + "/db");
    }

    @Test
    @DisplayName("PUT of a version alone goes back to it")
    void rollback() {
        var id = tree();
        var old = group(id).path("version").asText();
        api.put("/v2/groups" + id, "{'apps': []}");
        settledBelow(id);

        assertDeployed(api.put("/v2/groups" + id, "{'version': '%s'}", old));

        assertThat(ids(group(id).path("apps"))).containsExactly(id + "/a");
        assertThat(api.put("/v2/groups" + id, "{'version': '2020-01-01T00:00:00.000Z'}").refusal())
                .isEqualTo(
                        "422 Group %s not available in version 2020-01-01T00:00:00.000Z"
                                .formatted(id));
    }

    @Test
    @DisplayName("version and scaleBy stand alone")
    void alone() {
        var id = tree();

        for (var field : List.of("'scaleBy': 2", "'version': '2020-01-01T00:00:00.000Z'")) {
            var reply = api.put("/v2/groups" + id, "{" + field + ", 'apps': []}");
            assertThat(reply.refusal()).isEqualTo("422 Object is not valid");
            assertThat(reply.details())
                    .singleElement()
                    .asString()
                    .endsWith("not allowed in conjunction with other properties.");
        }
    }

    @Test
    @DisplayName("versions are listed, and a group is told as it was")
    void versions() {
        var id = tree();
        var old = group(id).path("version").asText();
        api.put("/v2/groups" + id, "{'apps': []}");

        assertThat(Api.each(api.get("/v2/groups" + id + "/versions").json()).map(JsonNode::asText))
                .contains(old, group(id).path("version").asText());
        assertThat(ids(group(id + "/versions/" + old).path("apps"))).containsExactly(id + "/a");
        assertThat(group("/versions").isArray()).isTrue();
        assertThat(ids(group("/versions/" + old).path("groups"))).contains(id);
        assertThat(api.get("/v2/groups" + id + "/versions/2020-01-01T00:00:00.000Z").status())
                .isEqualTo(404);
        assertThat(api.get("/v2/groups" + id + "/versions/x").status()).isEqualTo(422);
    }

    @Test
    @DisplayName("DELETE takes a group away with all that is in it, pods too")
    void delete() {
        var id = tree();
        api.post("/v2/pods", POD, id + "/p", 0);
        settledBelow(id);

        assertDeployed(api.delete("/v2/groups" + id));

        settledBelow(id);
        assertThat(api.get("/v2/groups" + id).status()).isEqualTo(404);
        assertThat(api.get("/v2/apps" + id + "/g/b").status()).isEqualTo(404);
        assertThat(api.get("/v2/pods" + id + "/p").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("DELETE of the root group empties it")
    void deleteRoot() {
        var id = tree();

        assertDeployed(api.delete("/v2/groups?force=true"));

        settledBelow(id);
        assertThat(group("").path("apps")).isEmpty();
        assertThat(group("").path("groups")).isEmpty();
    }

    @Test
    @DisplayName("a deployment in it holds a group, unless forced")
    void locked() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id + "/a");

        assertThat(api.delete("/v2/groups" + id).status()).isEqualTo(409);
        assertDeployed(api.delete("/v2/groups" + id + "?force=true"));
    }

    @Test
    @DisplayName("PATCH says only enforceRole, of top-level groups, and answers nothing")
    void enforceRole() {
        var id = tree();

        var reply = api.patch("/v2/groups" + id, "{'enforceRole': false}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEmpty();
        assertThat(reply.header("Marathon-Deployment-Id")).isEmpty();
        assertThat(group(id).path("enforceRole").asBoolean(true)).isFalse();
        assertThat(api.patch("/v2/groups" + id + "/g", "{'enforceRole': false}").details())
                .containsExactly("/id Path needs to be top-level");
    }

    @Test
    @DisplayName("an app stands in the group that declares it")
    void foreignChild() {
        var id = fresh();

        var reply = api.put("/v2/groups" + id, "{'apps': [{'id': '/elsewhere/a', 'cmd': 'x'}]}");

        assertThat(reply.refusal()).isEqualTo("422 Object is not valid");
        assertThat(reply.details())
                .containsExactly("/apps(0)/id Identifier is not child of '%s'".formatted(id));
    }

    @Test
    @DisplayName("relative dependencies are meant from the group, and inherited")
    void dependencies() {
        var id = fresh();

        api.put(
                "/v2/groups" + id,
                "{'groups': [{'id': 'db', 'apps': [{'id': 'a', 'cmd': 'x', 'instances': 0}]},"
                        + " {'id': 'web', 'dependencies': ['../db'],"
                        + " 'apps': [{'id': 'b', 'cmd': 'x', 'instances': 0}]}]}");

        assertThat(group(id + "/web").at("/dependencies/0").asText()).isEqualTo(id + "/db");
    }

    @Test
    @DisplayName("an empty group is kept; an app of its id takes its place")
    void empty() {
        var id = fresh();
        api.put("/v2/groups" + id, "{}");

        assertThat(api.get("/v2/apps" + id + "/*").json().path("*")).isEmpty();
        assertThat(api.post("/v2/apps", NONE, id).status()).isEqualTo(201);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what breaks the schema of a group is Invalid JSON")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'scaleBy': -1                | /scaleBy error.min
                    'scaleBy': 'x'               | /scaleBy error.expected.jsnumber
                    'version': 'x'               | /version error.expected.date.isoformat
                    'groups': [{'apps': []}]     | /groups(0)/id error.path.missing
                    'apps': [{'cmd': 'x'}]       | /apps(0)/id error.path.missing
                    'apps': {}                   | /apps error.expected.jsarray
                    'dependencies': ['B']        | /dependencies(0) error.pattern
                    """)
    void schema(String fields, String problem) {
        var reply = api.put("/v2/groups" + fresh(), "{" + fields + "}");

        assertThat(reply.refusal()).isEqualTo("422 Invalid JSON");
        assertThat(reply.details()).containsExactly(problem);
    }

    @Test
    @DisplayName("only a top-level group enforces its role")
    void enforceRoleBelow() {
        var reply = api.put("/v2/groups" + fresh() + "/g", "{'enforceRole': true}");

        assertThat(reply.refusal()).isEqualTo("422 Object is not valid");
        assertThat(reply.details())
                .containsExactly("/enforceRole enforceRole can only be set for top-level groups");
    }

    @Test
    @DisplayName("what is wrong in a tree is told by its place")
    void problems() {
        var reply =
                api.put(
                        "/v2/groups" + fresh(),
                        "{'groups': [{'id': 'g', 'apps': [{'id': 'a', 'cmd': 'x', 'cpus': 'x'}]}]}");

        assertThat(reply.refusal()).isEqualTo("422 Invalid JSON");
        assertThat(reply.details())
                .containsExactly("/groups(0)/apps(0)/cpus error.expected.jsnumber");
    }
}
