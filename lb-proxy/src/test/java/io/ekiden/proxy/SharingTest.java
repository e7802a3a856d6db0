package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ekiden.model.Endpoint;
import io.ekiden.testkit.TestBroker;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Several apps behind one name, and how long and how often a backend is tried.
final class SharingTest extends WithFrontend {
    private Endpoint app(String app, int instance, int servicePort, Map<String, String> labels)
            throws Exception {
        return Given.endpoint(app, instance, task(app).port(), servicePort, labels);
    }

    private static Map<String, String> weight(int weight, String... more) {
        var labels = new HashMap<String, String>();
        labels.put("HAPROXY_0_VHOST", "a.test");
        labels.put("EKIDEN_0_WEIGHT", Integer.toString(weight));
        for (int i = 0; i < more.length; i += 2) {
            labels.put(more[i], more[i + 1]);
        }
        return labels;
    }

    private static Map<String, Integer> answers(TestFrontend frontend, int requests) {
        var counts = new TreeMap<String, Integer>();
        for (int i = 0; i < requests; i++) {
            var answer = Raw.get(frontend.lbPort(), "a.test", "/");
            counts.merge(answer.substring(answer.lastIndexOf('\n') + 1), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void appsGetTheSharesThatTheirWeightsSayHoweverManyInstancesTheyHave() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/shop/canary", 1, 0, weight(10)),
                app("/shop/canary", 2, 0, weight(10)),
                app("/shop/cart", 1, 0, weight(30)));

        assertThat(answers(frontend, 40)).isEqualTo(Map.of("/shop/canary", 10, "/shop/cart", 30));
        assertThat(frontend.problems()).isEmpty();
    }

    @Test
    void aWeightOfZeroGetsNothingAndWhoHasNoneReadyLeavesItsShare() throws Exception {
        var frontend = frontend();
        var blue = app("/blue", 1, 0, weight(100));
        frontend.put(blue, app("/green", 1, 0, weight(0)), app("/red", 1, 0, weight(1)));
        assertThat(answers(frontend, 101)).isEqualTo(Map.of("/blue", 100, "/red", 1));

        frontend.put(Given.draining(blue));
        assertThat(answers(frontend, 5)).isEqualTo(Map.of("/red", 5));
    }

    @Test
    void nobodyGetsAPartOfWhatIsAnothers() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/shop/cart", 1, 0, weight(1)),
                app("/shop/other", 1, 0, Map.of("HAPROXY_0_VHOST", "a.test")),
                app("/thief/x", 1, 0, weight(1_000)),
                app("/shop/guarded", 1, 0, weight(1, "HAPROXY_0_USE_HSTS", "true")));

        assertThat(answers(frontend, 10)).isEqualTo(Map.of("/shop/cart", 10));
        assertThat(frontend.problems())
                .containsExactlyInAnyOrder(
                        "/shop/other virtual host a.test belongs to /shop/cart",
                        "/thief/x virtual host a.test belongs to /shop/cart, and only apps of one"
                                + " group share",
                        "/shop/guarded virtual host a.test belongs to /shop/cart, and only apps"
                                + " with the same HAPROXY labels share");
    }

    @Test
    void anUnreachableAppsRequestsGoToTheOthers() throws Exception {
        var frontend = frontend();
        frontend.put(
                Given.endpoint("/a", 1, TestBroker.freePort(), 0, weight(1)),
                app("/b", 1, 0, weight(1)));

        assertThat(answers(frontend, 6)).isEqualTo(Map.of("/b", 6));
    }

    @Test
    void coloursAnswerTogetherUnderThePortsOfBoth() throws Exception {
        int alternate = TestBroker.freePort();
        var labels = Map.of("HAPROXY_DEPLOYMENT_GROUP", "shop", "HAPROXY_0_VHOST", "a.test");
        var frontend = frontend();
        var blue = app("/g/shop-blue", 1, port, labels);
        frontend.put(
                blue,
                app("/g/shop-green", 1, alternate, labels),
                app("/other/shop-green", 1, 0, Map.of("HAPROXY_DEPLOYMENT_GROUP", "shop")));

        assertThat(answers(frontend, 4)).isEqualTo(Map.of("/g/shop-blue", 2, "/g/shop-green", 2));
        for (int either : new int[] {port, alternate}) {
            var first = Raw.get(either, "x", "/");
            assertThat(Raw.get(either, "x", "/")).isNotEqualTo(first).contains("/g/shop-");
        }

        frontend.put(Given.draining(blue));
        assertThat(Raw.get(port, "x", "/")).endsWith("/g/shop-green");
    }

    @Test
    void aColourAnswersOnThePortOfTheOtherWhenThatIsGone() throws Exception {
        var frontend = frontend();
        var blue = app("/g/shop-blue", 1, port, Map.of("HAPROXY_DEPLOYMENT_GROUP", "shop"));
        frontend.put(
                blue,
                app(
                        "/g/shop-green",
                        1,
                        TestBroker.freePort(),
                        Map.of(
                                "HAPROXY_DEPLOYMENT_GROUP",
                                "shop",
                                "HAPROXY_DEPLOYMENT_ALT_PORT",
                                Integer.toString(port))));

        frontend.remove(blue);

        assertThat(Raw.get(port, "x", "/")).endsWith("/g/shop-green");
    }

    @Test
    void noColourJoinsAnAppThatHasNone() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/g/shop", 1, 0, Map.of("HAPROXY_0_VHOST", "a.test")),
                app(
                        "/g/x",
                        1,
                        0,
                        Map.of("HAPROXY_DEPLOYMENT_GROUP", "shop", "HAPROXY_0_VHOST", "a.test")));

        assertThat(answers(frontend, 4)).isEqualTo(Map.of("/g/shop", 4));
        assertThat(frontend.problems())
                .containsExactly("/g/x HAPROXY_DEPLOYMENT_GROUP: /g/shop is an app without it");
    }

    @Test
    void anAppsOwnTimeoutEndsWaiting() throws Exception {
        var silent = ended(new RawTask((socket, _) -> Raw.rest(socket)));
        int patient = TestBroker.freePort();
        var frontend = frontend();
        frontend.put(
                Given.endpoint("/a", 1, silent.port(), port, Map.of("EKIDEN_0_TIMEOUT", "1")),
                Given.endpoint("/b", 1, silent.port(), patient, Map.of("EKIDEN_0_TIMEOUT", "9")));

        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 504");
        // Longer than the proxy's own patience.
        try (var socket = Raw.open(patient)) {
            socket.setSoTimeout((int) RESPONSE.plusMillis(1500).toMillis());
            Raw.send(socket, Raw.head("GET / HTTP/1.1", "Host: a"));
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> socket.getInputStream().read());
        }
    }

    @Test
    void withoutRetriesARequestIsBroughtToOneBackend() throws Exception {
        var breaks = ended(new RawTask((socket, _) -> RawTask.head(socket)));
        int unreachable = TestBroker.freePort();
        var none = Map.of("EKIDEN_0_RETRIES", "0");
        var frontend = frontend();
        frontend.put(
                Given.endpoint("/a", 1, breaks.port(), port, none),
                Given.endpoint("/b", 1, TestBroker.freePort(), unreachable, none),
                Given.endpoint("/b", 2, TestBroker.freePort(), unreachable, none));

        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 502");
        assertThat(breaks.connections()).isEqualTo(1);
        assertThat(Raw.get(unreachable, "b", "/")).startsWith("HTTP/1.1 502");
        assertThat(frontend.backend(Given.endpoint("/b", 2, 1, 1)).failures()).isZero();
    }

    @Test
    void whatAnswersBadlyTimeAndAgainIsPassedOverForAWhile() throws Exception {
        var bad =
                ended(
                        new RawTask((socket, _) -> {
                            while (true) {
                                RawTask.head(socket);
                                Raw.send(
                                        socket,
                                        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
                            }
                        }));
        var labels = Map.of("EKIDEN_0_EJECT_AFTER", "3", "EKIDEN_0_EJECT_TIME", "3600");
        var one = Given.endpoint("/a", 1, bad.port(), port, labels);
        var frontend = frontend();
        frontend.put(one, Given.endpoint("/a", 2, task("good").port(), port, labels));

        var statuses = new ArrayList<String>();
        for (int i = 0; i < 20; i++) {
            statuses.add(Raw.get(port, "a", "/").substring(9, 12));
        }

        assertThat(Collections.frequency(statuses, "500")).isEqualTo(3);
        assertThat(frontend.backend(one).ejected(System.nanoTime())).isTrue();

        frontend.remove(Given.endpoint("/a", 2, 1, port, labels));
        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 500");
    }
}
