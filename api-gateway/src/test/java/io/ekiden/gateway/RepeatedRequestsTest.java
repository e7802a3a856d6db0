package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.log.RequestKey;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Former;
import io.ekiden.model.PathId;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests with an `Idempotency-Key`, as far as a gateway has to do with them.
class RepeatedRequestsTest {
    private static final PathId WEB = PathId.of("/web");
    private static final Fact DONE = new Fact.Accepted(Given.NOON, Optional.of("d-1"), List.of());

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Http.Reply put(Http http, String path, String body) {
        return http.send(
                http.request(path)
                        .header("Idempotency-Key", "k-1")
                        .PUT(BodyPublishers.ofString(body)));
    }

    private RequestKey key(int n) {
        return cluster.planner().seen().get(n).requestKey().orElseThrow();
    }

    /// Creates once, then says by which entry that was.
    private void once() {
        cluster.planner()
                .script((wanted, image) ->
                        image.app(WEB).isPresent()
                                ? List.of(new Fact.Repeated(1))
                                : List.of(
                                        new Fact.FormerKept(
                                                new Former(
                                                        Given.NOON,
                                                        WEB,
                                                        Optional.empty(),
                                                        Optional.empty(),
                                                        Optional.empty())),
                                        new Fact.RunSpecPut(Given.app("/web")),
                                        DONE));
    }

    @Test
    void theAnswerOfTheFirstIsGivenAgainAlsoByAnotherGateway() {
        once();
        var first = put(cluster.start(), "/v2/apps/web", "{}");

        var http = cluster.restart();
        var again = put(http, "/v2/apps/web", "{}");

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Location")).isEqualTo("/web");
        assertThat(again.header("Marathon-Deployment-Id")).isEqualTo("d-1");
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.header("X-Ekiden-Sequence")).isEqualTo("2");
        assertThat(key(0)).isEqualTo(key(1));
    }

    @Test
    void anAnswerThatTheJournalHasNotAnyMoreIsNotMadeUp() {
        once();
        var http = cluster.start();
        put(http, "/v2/apps/web", "{}");
        cluster.planner().append(DONE);
        cluster.forget(cluster.topics().journal(), 2);

        var again = put(http, "/v2/apps/web", "{}");

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.message()).contains("entry 1");
    }

    @Test
    void aRequestIsAnotherByItsMethodItsQueryOrItsBody() {
        cluster.planner()
                .script((_, _) -> List.of(new Fact.Refused(new Rejection.KeyReused("k-1"))));
        var http = cluster.start();

        var reply = put(http, "/v2/apps/web", "{}");
        put(http, "/v2/apps/web?force=true", "{}");
        put(http, "/v2/apps/web", "{\"cmd\":\"x\"}");
        http.send(http.request("/v2/apps/web").header("Idempotency-Key", "\"k-1\"").DELETE());

        assertThat(reply.status()).isEqualTo(422);
        assertThat(cluster.planner().seen())
                .extracting(wanted -> wanted.requestKey().orElseThrow())
                .doesNotHaveDuplicates()
                .extracting(RequestKey::key)
                .containsOnly("k-1");
    }

    @Test
    void whileTheFirstIsBeingDecidedTheSecondIsToldSo() {
        var http = cluster.start();
        var request =
                http.request("/v2/apps/web").header("Idempotency-Key", "k-1").DELETE().build();
        var parked = http.client().sendAsync(request, BodyHandlers.ofString());
        await().until(() -> !cluster.planner().seen().isEmpty());

        var second = put(http, "/v2/apps/web", "{}");

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.header("Retry-After")).isNotEmpty();
        assertThat(cluster.planner().seen())
                .extracting(WantedChange::change)
                .containsExactly(new Change.DeleteApp(WEB));
        var _ = parked.cancel(true);
        await().until(() -> {
            cluster.planner().script((_, _) -> List.of(DONE));
            return put(http, "/v2/apps/web", "{}").status() == 200;
        });
    }
}
