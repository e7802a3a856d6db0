package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.Given;
import io.ekiden.gateway.Http;
import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.log.Actor;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Former;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the audit says of definitions, from an entry alone.
class DefinitionChangeTest {
    private static final PathId WEB = PathId.of("/web");

    private static ObjectNode json(String text) {
        return (ObjectNode) Http.parse(text.replace('\'', '"'));
    }

    private static RunSpec app(String more) {
        var parsed = AppJson.read(WEB, json("{'id':'/web','cmd':'sleep 1'" + more + "}"));
        return ((Parsed.Ok<? extends RunSpec>) parsed).value();
    }

    private static RunSpec pod(String containers) {
        var parsed = PodJson.read(WEB, json("{'id':'/web','containers':[" + containers + "]}"));
        return ((Parsed.Ok<? extends RunSpec>) parsed).value();
    }

    private static String container(String name, String value) {
        return ("{'name':'%s','exec':{'command':{'shell':'x'}},'resources':{'cpus':1,'mem':1},"
                        + "'environment':{'KEY':'%s'}}")
                .formatted(name, value);
    }

    private static JsonNode of(Optional<RunSpec> from, Fact fact) {
        var former = new Former(Given.NOON, WEB, from, Optional.empty(), Optional.empty());
        var entry =
                new JournalEntry(
                        7,
                        Given.NOON,
                        "",
                        "test",
                        "test",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Actor.PLANNER,
                        new Input.Founded("k"),
                        List.of(new Fact.FormerKept(former), fact));
        return DefinitionChange.of(entry).getFirst().json();
    }

    private static JsonNode changed(RunSpec from, RunSpec to) {
        return of(Optional.of(from), new Fact.RunSpecPut(to));
    }

    @Test
    void whatIsMadeAndWhatGoesIsSaid() {
        assertThat(of(Optional.empty(), new Fact.RunSpecPut(app(""))))
                .isEqualTo(json("{'id':'/web','is':'created'}"));
        assertThat(of(Optional.of(app("")), new Fact.RunSpecGone(RunSpec.Kind.APP, WEB)))
                .isEqualTo(json("{'id':'/web','is':'deleted'}"));
    }

    @Test
    void ofAChangeEachPlaceIsTold() {
        var from = app(",'instances':1,'labels':{'a/b':'1','c':'1'}");
        var to = app(",'instances':3,'labels':{'a/b':'2','d':'1'}");

        assertThat(changed(from, to))
                .isEqualTo(
                        json(
                                "{'id':'/web','is':'changed','diff':["
                                        + "{'path':'/instances','from':1,'to':3},"
                                        + "{'path':'/labels/a~1b','from':'1','to':'2'},"
                                        + "{'path':'/labels/c','from':'1'},"
                                        + "{'path':'/labels/d','to':'1'}]}"));
    }

    @Test
    void variablesAreNamedAndNotShown() {
        var apps = changed(app(",'env':{'KEY':'s3cret'}"), app(",'env':{'KEY':'s3kret'}"));
        var pods = changed(pod(container("a", "s3cret")), pod(container("a", "s3kret")));
        var more =
                changed(
                        pod(container("a", "s3cret")),
                        pod(container("a", "s3cret") + "," + container("b", "s3kret")));

        assertThat(apps.at("/diff/0"))
                .isEqualTo(json("{'path':'/env/KEY','from':'(hidden)','to':'(hidden)'}"));
        assertThat(pods.at("/diff/0/path").asText()).isEqualTo("/containers/0/environment/KEY");
        assertThat(more.at("/diff/0/path").asText()).isEqualTo("/containers");
        assertThat(apps.toString() + pods + more).doesNotContain("s3cret", "s3kret");
    }

    @Test
    void muchIsCut() {
        var labels = new StringBuilder("'x':'1'");
        for (int i = 0; i < JsonDiff.MAX_PLACES; i++) {
            labels.append(",'l%d':'1'".formatted(i));
        }

        var many = changed(app(""), app(",'labels':{" + labels + "}"));
        var exactly = changed(app(",'labels':{'x':'1'}"), app(",'labels':{" + labels + "}"));
        var longer = changed(app(""), app(",'user':'" + "u".repeat(1000) + "'"));

        assertThat(many.path("diff")).hasSize(JsonDiff.MAX_PLACES);
        assertThat(many.path("more").asBoolean()).isTrue();
        assertThat(exactly.path("diff")).hasSize(JsonDiff.MAX_PLACES);
        assertThat(exactly.has("more")).isFalse();
        assertThat(longer.at("/diff/0/to").asText()).hasSize(JsonDiff.MAX_TEXT + 1).endsWith("…");
    }
}
