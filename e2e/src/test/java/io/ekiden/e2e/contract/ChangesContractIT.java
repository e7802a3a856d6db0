package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Beyond Marathon: changes that depend on what is there, and that happen once.
final class ChangesContractIT extends ContractTest {

    @Test
    @DisplayName("of two who saw the same version, one changes it and one is told with 412")
    void ifMatch() {
        var id = app();
        var path = "/v2/apps" + id;
        var seen = api.get(path).header("ETag");

        var first = api.send("PUT", path, "{\"cmd\":\"sleep 2\"}", "If-Match", seen);
        var second = api.send("PUT", path, "{\"cmd\":\"sleep 3\"}", "If-Match", seen);

        assertThat(seen).isNotEmpty();
        assertThat(first.status()).isEqualTo(200);
        assertThat(second.status()).isEqualTo(412);
        assertThat(second.message()).contains(id, first.at("/version").asText());
        assertThat(appOf(id).path("cmd").asText()).isEqualTo("sleep 2");
        assertThat(api.send("PUT", path, "{\"cmd\":\"x\"}", "If-None-Match", "*").status())
                .isEqualTo(412);
    }

    @Test
    @DisplayName("a request that is sent again with its key takes effect once")
    void idempotencyKey() {
        var id = fresh();
        var body = Api.json(NONE, id);
        var key = "key" + id;

        var first = api.send("POST", "/v2/apps", body, "Idempotency-Key", key);
        var again = api.send("POST", "/v2/apps", body, "Idempotency-Key", key);
        var other = api.send("DELETE", "/v2/apps" + id, "", "Idempotency-Key", key);

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(other.status()).isEqualTo(422);
        assertThat(appOf(id).path("id").asText()).isEqualTo(id);
    }
}
