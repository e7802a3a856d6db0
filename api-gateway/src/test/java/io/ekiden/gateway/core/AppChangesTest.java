package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.model.PathId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppChangesTest {
    private static final PathId WEB = PathId.of("/shop/web");

    private static Wanted.Write write(Wanted wanted) {
        assertThat(wanted).isInstanceOf(Wanted.Write.class);
        return (Wanted.Write) wanted;
    }

    private static Answer refused(Wanted wanted) {
        assertThat(wanted).isInstanceOf(Wanted.Refused.class);
        return ((Wanted.Refused) wanted).answer();
    }

    @Test
    void aDefinitionIsHandedOnAsItWasWritten() {
        var write =
                write(
                        AppChanges.create(
                                Ask.with("/", "{\"id\":\"shop/web\",\"cmd\":\"x\",\"foo\":1}")));

        var create = (Change.CreateApp) write.change();
        assertThat(create.id()).isEqualTo(WEB);
        assertThat(create.definition().path("foo").asInt()).isEqualTo(1);
        assertThat(write.force()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"cmd":"x"}                       | /id        | error.path.missing
                    {"id":5}                          | /id        | error.expected.jsstring
                    {"id":"/x","cmd":true}            | /cmd       | error.expected.jsstring
                    {"id":"/x","instances":"many"}    | /instances | error.expected.jsnumber
                    {"id":"/x","instances":-1}        | /instances | error.min
                    []                                | /          | error.expected.jsobject
                    """)
    void aWrongFormIsRefusedAtOnce(String body, String path, String error) {
        var answer = refused(AppChanges.create(Ask.with("/", body)));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(Ask.json(answer).path("message").asText()).isEqualTo("Invalid JSON");
        var first = Ask.json(answer).path("details").get(0);
        assertThat(first.path("path").asText()).isEqualTo(path);
        assertThat(Ask.texts(first.path("errors"))).containsExactly(error);
    }

    @Test
    void putCreatesAndPatchDoesNot() {
        var body = "{\"instances\":3}";

        var put = (Change.UpdateApps) write(AppChanges.putOne(Ask.with("shop/web", body))).change();
        var full =
                (Change.UpdateApps)
                        write(
                                        AppChanges.putOne(
                                                Ask.with(
                                                        "shop/web",
                                                        body,
                                                        "partialUpdate=False",
                                                        "force=True")))
                                .change();
        var patch =
                (Change.UpdateApps) write(AppChanges.patchOne(Ask.with("shop/web", body))).change();

        assertThat(put.create()).isTrue();
        assertThat(put.partial()).isTrue();
        assertThat(put.updates().getFirst().id()).isEqualTo(WEB);
        assertThat(full.partial()).isFalse();
        assertThat(patch.create()).isFalse();
        assertThat(patch.partial()).isTrue();
    }

    @Test
    void aPathThatCanBeNoIdIsRefused() {
        var answer = refused(AppChanges.putOne(Ask.with("Shop", "{}")));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(Ask.json(answer).path("details").get(0).path("path").asText()).isEqualTo("/id");
    }

    @Test
    void theReturnToAVersionNeedsATime() {
        var answer = refused(AppChanges.putOne(Ask.with("web", "{\"version\":\"yesterday\"}")));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(Ask.json(answer).path("message").asText())
                .isEqualTo(
                        "Invalid timestamp provided 'yesterday'. Expecting ISO-8601 datetime string.");
        write(AppChanges.putOne(Ask.with("web", "{\"version\":\"2026-11-23T12:00:00.000Z\"}")));
    }

    @Test
    void aListBecomesOneChange() {
        var body = "[{\"id\":\"/a\",\"instances\":1},{\"id\":\"b\",\"instances\":2}]";

        var change = (Change.UpdateApps) write(AppChanges.patchAll(Ask.with("/", body))).change();

        assertThat(change.updates())
                .extracting(Change.AppUpdate::id)
                .containsExactly(PathId.of("/a"), PathId.of("/b"));
        assertThat(change.create()).isFalse();
    }

    @Test
    void aListTellsWhichElementIsWrong() {
        var noId = refused(AppChanges.putAll(Ask.with("/", "[{\"id\":\"/a\"},{}]")));
        var wrong =
                refused(AppChanges.putAll(Ask.with("/", "[{\"id\":\"/a\",\"cpus\":\"1\"}, 7]")));

        assertThat(noId.status()).isEqualTo(422);
        assertThat(Ask.json(noId).path("message").asText()).contains("(1)");
        assertThat(Ask.json(wrong).path("details").valueStream().map(d -> d.path("path").asText()))
                .containsExactly("(0)/cpus", "(1)");
    }

    @Test
    void deleteIsForcedUnlessToldOtherwise() {
        assertThat(write(AppChanges.delete(Ask.of("web"))).force()).isTrue();
        assertThat(write(AppChanges.delete(Ask.of("web", "force=false"))).force()).isFalse();
        assertThat(write(AppChanges.deleteNamedRestart(Ask.of("shop"))).change())
                .isEqualTo(new Change.DeleteApp(PathId.of("/shop/restart")));
    }

    @Test
    void killsCarryTheirOptions() {
        var all = write(TaskChanges.killOfApp(Ask.of("shop/web", "host=*", "wipe=true")));
        var some = write(TaskChanges.killOfApp(Ask.of("shop/web", "host=h1", "scale=true")));

        assertThat(all.change())
                .isEqualTo(new Change.KillAppTasks(WEB, Optional.empty(), false, true));
        assertThat(some.change())
                .isEqualTo(new Change.KillAppTasks(WEB, Optional.of("h1"), true, false));
        var both = refused(TaskChanges.killOfApp(Ask.of("web", "scale=true", "wipe=true")));
        assertThat(both.status()).isEqualTo(400);
        assertThat(Ask.json(both).path("message").asText())
                .isEqualTo("You cannot use scale and wipe at the same time.");
    }

    @Test
    void tasksAreKilledByTheirIds() {
        var id = "shop_web.instance-1._app.1";
        var one = TaskChanges.killOne(Ask.of(Map.of("id", "shop/web", "task", id), "*/*"));
        var unknown = TaskChanges.killOne(Ask.of(Map.of("id", "shop/web", "task", "x"), "*/*"));
        var many = TaskChanges.killMany(Ask.with("/", "{\"ids\":[\"" + id + "\"]}"));
        var bad = refused(TaskChanges.killMany(Ask.with("/", "{\"ids\":[\"x\"]}")));
        var none = refused(TaskChanges.killMany(Ask.with("/", "{}")));

        assertThat(((Change.KillTasks) write(one).change()).runSpecId()).contains(WEB);
        assertThat(refused(unknown).status()).isEqualTo(404);
        assertThat(((Change.KillTasks) write(many).change()).tasks()).hasSize(1);
        assertThat(bad.status()).isEqualTo(400);
        assertThat(Ask.json(bad).path("message").asText()).startsWith("Invalid task id 'x'. [");
        assertThat(none.status()).isEqualTo(422);
        assertThat(List.of(Ask.json(none).path("details").get(0).path("path").asText()))
                .containsExactly("/ids");
    }
}
