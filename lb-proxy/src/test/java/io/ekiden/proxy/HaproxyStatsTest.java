package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.testkit.TestBroker;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HaproxyStatsTest extends WithFrontend {
    /// Each row by `pxname/svname`, with its columns by name, as those who read HAProxy's take it
    /// apart: the last column is empty.
    private static Map<String, Map<String, String>> parsed(String csv) {
        var lines = csv.lines().toList();
        assertThat(lines.getFirst()).startsWith("# pxname,svname,qcur,").endsWith(",rtime,ttime,");
        var columns = List.of(lines.getFirst().substring(2).split(",", -1));
        var rows = new LinkedHashMap<String, Map<String, String>>();
        for (var line : lines.subList(1, lines.size())) {
            var values = Arrays.asList(line.split(",", -1));
            assertThat(values).hasSameSizeAs(columns);
            var row = new HashMap<String, String>();
            for (int i = 0; i < columns.size(); i++) {
                row.put(columns.get(i), values.get(i));
            }
            rows.put(row.get("pxname") + "/" + row.get("svname"), row);
        }
        return rows;
    }

    private static String shown(Map<String, String> row) {
        return "%s type %s stot %s scur %s econ %s act %s"
                .formatted(
                        row.get("status"),
                        row.get("type"),
                        row.get("stot"),
                        row.get("scur"),
                        row.get("econ"),
                        row.get("act"));
    }

    @Test
    void aServicePortIsABackendAndItsEndpointsAreServers() throws Exception {
        var frontend = frontend();
        int good = task("good").port();
        int drains = task("drains").port();
        int dead = TestBroker.freePort();
        frontend.put(
                Given.endpoint("/shop/web", 1, good, port),
                Given.draining(Given.endpoint("/shop/web", 2, drains, port)));
        for (int i = 0; i < 3; i++) {
            assertThat(Raw.get(port, "x", "/")).contains("200");
        }
        frontend.put(Given.endpoint("/shop/web", 3, dead, port));
        long now = System.nanoTime();
        for (int i = 0; i < 2; i++) {
            assertThat(Raw.get(port, "x", "/")).contains("200");
        }

        // As it was then: one that cannot be reached is passed over for a moment only.
        var rows = parsed(frontend.stats(now));

        var name = "shop_web_" + port;
        assertThat(rows.keySet())
                .containsExactlyInAnyOrder(
                        name + "/127_0_0_1_" + good,
                        name + "/127_0_0_1_" + drains,
                        name + "/127_0_0_1_" + dead,
                        name + "/BACKEND");
        assertThat(shown(rows.get(name + "/127_0_0_1_" + good)))
                .isEqualTo("UP type 2 stot 5 scur 0 econ 0 act 1");
        assertThat(shown(rows.get(name + "/127_0_0_1_" + drains)))
                .isEqualTo("MAINT type 2 stot 0 scur 0 econ 0 act 0");
        assertThat(rows.get(name + "/127_0_0_1_" + dead).get("status")).isEqualTo("DOWN");
        assertThat(Integer.parseInt(rows.get(name + "/127_0_0_1_" + dead).get("econ")))
                .isPositive();
        assertThat(rows.get(name + "/BACKEND")).containsEntry("status", "UP");
        assertThat(rows.get(name + "/BACKEND"))
                .containsEntry("act", "1")
                .containsEntry("type", "1");
    }

    @Test
    void whatHasOnlyAVirtualHostIsThereUnderItsName() throws Exception {
        var frontend = frontend();
        int task = task("a").port();
        frontend.put(
                Given.endpoint("/pod", 1, task, 0, Map.of("HAPROXY_0_VHOST", "a.test,b.test")));
        assertThat(Raw.get(frontend.lbPort(), "a.test", "/")).contains("200");

        assertThat(parsed(frontend.stats(System.nanoTime())).keySet())
                .containsExactly("pod/127_0_0_1_" + task, "pod/BACKEND");
    }
}
