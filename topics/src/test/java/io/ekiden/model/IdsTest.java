package io.ekiden.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # group | as written    | absolute
                    /       | web           | /web
                    /       | /web          | /web
                    /       | //shop//web// | /shop/web
                    /shop   | web           | /shop/web
                    /shop   | /web          | /web
                    /shop   | ./web         | /shop/web
                    /shop   | ../db         | /db
                    /shop   | ../../../db   | /db
                    /shop   | a/../b        | /shop/b
                    /shop   | .             | /shop
                    /shop   | ..            | /
                    /shop   | ''            | /shop
                    /       | /             | /
                    """)
    void aPathResolvesAgainstItsGroup(String group, String raw, String absolute) {
        var resolved = PathId.of(group).resolve(raw);

        assertThat(resolved.value()).isEqualTo(absolute);
        assertThat(PathId.of(resolved.value())).isEqualTo(resolved);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/a", "/a/b/c", "/a-b", "/a.b.c", "/0", "/restart/web", "/a.instance-b"})
    void aGoodPathHasNoProblem(String path) {
        assertThat(PathId.of(path).problem()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/, Path must contain",
        "/A, must fully match",
        "/a_b, must fully match",
        "/-a, must fully match",
        "/a-, must fully match",
        "/a..b, must fully match",
        "/a/b c, must fully match",
        "/é, must fully match",
        "/web/restart, must not end with",
        "/tasks, must not end with",
        "/versions, must not end with"
    })
    void aBadPathSaysWhy(String path, String problem) {
        assertThat(PathId.of(path).problem())
                .hasValueSatisfying(p -> assertThat(p).startsWith(problem));
    }

    @Test
    void aPathLiesWithinItsGroupsButNotWithinItsNamesakes() {
        var web = PathId.of("/shop/web");

        assertThat(web.parent()).isEqualTo(PathId.of("/shop"));
        assertThat(web.parent().parent()).isEqualTo(PathId.ROOT);
        assertThat(PathId.ROOT.parent()).isEqualTo(PathId.ROOT);
        assertThat(web.isWithin(PathId.ROOT)).isTrue();
        assertThat(web.isWithin(PathId.of("/shop"))).isTrue();
        assertThat(web.isWithin(web)).isTrue();
        assertThat(web.isWithin(PathId.of("/sho"))).isFalse();
        assertThat(PathId.of("/shop").isWithin(web)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/web", "/shop/web", "/a.instance-b", "/a-b/c.d"})
    void idsLeadBackToTheirApp(String path) {
        var app = PathId.of(path);
        var instance = InstanceId.of(app, "c0caec0a-863a-11e9-915b-c610fee06dff");
        var task = instance.task(42);

        assertThat(instance.runSpecId()).isEqualTo(app);
        assertThat(InstanceId.parse(instance.value())).contains(instance);
        assertThat(TaskId.parse(task.value())).contains(task);
        assertThat(task.instanceId()).isEqualTo(instance);
        assertThat(task.incarnation()).isEqualTo(42);
    }

    @Test
    void idsHaveMarathonsForm() {
        var instance = InstanceId.of(PathId.of("/shop/web"), "c0ca");

        assertThat(instance.value()).isEqualTo("shop_web.instance-c0ca");
        assertThat(instance.task(1).value()).isEqualTo("shop_web.instance-c0ca._app.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web",
                "web.1",
                "web.instance-1",
                "web.instance-1._app",
                "web.instance-1._app.x",
                "web.instance-1._app.-1",
                "web.instance-1._app.9999999999",
                "instance-1._app.1",
                "..1",
                "."
            })
    void whatIsNoTaskIdIsNone(String raw) {
        assertThat(TaskId.parse(raw)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "web.instance-", ".instance-1", "web.task-1"})
    void whatIsNoInstanceIdIsNone(String raw) {
        assertThat(InstanceId.parse(raw)).isEmpty();
    }
}
