package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.model.Endpoint;
import io.ekiden.testkit.TestBroker;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Which app answers whom, by labels.
final class RoutingLabelsTest extends WithFrontend {
    /// An app's endpoint, with labels of port 0 in pairs.
    private Endpoint app(String app, int instance, String... labels) throws Exception {
        return app(app, instance, 0, labels);
    }

    private Endpoint app(String app, int instance, int servicePort, String... labels)
            throws Exception {
        var all = new HashMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put("HAPROXY_0_" + labels[i], labels[i + 1]);
        }
        var task = task(app + "-" + instance);
        return Given.endpoint(app, instance, task.port(), servicePort, all);
    }

    private static String ask(int port, String host, String path) {
        var answer = Raw.get(port, host, path);
        return answer.startsWith("HTTP/1.1 200")
                ? answer.substring(answer.lastIndexOf('\n') + 1)
                : answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
    }

    @Test
    void theLongestPathThatARequestBeginsWithDecides() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/rest", 1, "VHOST", "a.test"),
                app("/api", 1, "VHOST", "a.test", "PATH", "/api /v1"),
                app("/deep", 1, "VHOST", "a.test", "PATH", "/api/deep"),
                app("/case", 1, "VHOST", "a.test", "PATH", "-i /Case"));
        int lb = frontend.lbPort();

        assertThat(ask(lb, "a.test", "/")).isEqualTo("/rest-1");
        assertThat(ask(lb, "a.test", "/API")).isEqualTo("/rest-1");
        assertThat(ask(lb, "a.test", "/api")).isEqualTo("/api-1");
        assertThat(ask(lb, "a.test", "/apis?x=/api/deep")).isEqualTo("/api-1");
        assertThat(ask(lb, "a.test", "/v1/x")).isEqualTo("/api-1");
        assertThat(ask(lb, "A.test:80", "/api/deep/er")).isEqualTo("/deep-1");
        assertThat(ask(lb, "a.test", "/cASE/x")).isEqualTo("/case-1");
    }

    @Test
    void aHostOfWhichOnlyPathsAreRoutedAnswers404Elsewhere() throws Exception {
        var frontend = frontend();
        frontend.put(app("/api", 1, "VHOST", "a.test", "PATH", "/api"));

        assertThat(ask(frontend.lbPort(), "a.test", "/")).isEqualTo("404");
    }

    @Test
    void theLargerBackendWeightGoesBeforeALongerPathAndWinsASharedName() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/a", 1, "VHOST", "a.test,b.test", "PATH", "/x/y"),
                app("/b", 1, "VHOST", "a.test", "PATH", "/x", "BACKEND_WEIGHT", "2"),
                app("/c", 1, "VHOST", "b.test", "PATH", "/x/y", "BACKEND_WEIGHT", "2"));

        assertThat(ask(frontend.lbPort(), "a.test", "/x/y")).isEqualTo("/b-1");
        assertThat(ask(frontend.lbPort(), "b.test", "/x/y")).isEqualTo("/c-1");
        assertThat(frontend.problems()).containsExactly("/a virtual host b.test/x/y belongs to /c");
    }

    @Test
    void portBindsAnotherServicePort() throws Exception {
        int other = TestBroker.freePort();
        var frontend = frontend();
        frontend.put(app("/a", 1, port, "PORT", Integer.toString(other)));

        assertThat(ask(other, "a", "/")).isEqualTo("/a-1");
    }

    @Test
    void whatIsNotEnabledIsNotRouted() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/a", 1, port, "VHOST", "a.test", "ENABLED", "false"),
                app("/b", 1, 0, "VHOST", "b.test", "ENABLED", "true"));

        assertThat(ask(frontend.lbPort(), "a.test", "/")).isEqualTo("404");
        assertThat(ask(frontend.lbPort(), "b.test", "/")).isEqualTo("/b-1");
        assertThat(frontend.problems()).isEmpty();
    }

    @Test
    void aLoadBalancerOfAGroupRoutesItsGroupAlone() throws Exception {
        var external =
                new ProxyConfig.Frontends(
                        Set.of("external"),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        Networks.NONE,
                        false);
        var frontend = ended(new TestFrontend(timeouts(RESPONSE), external));
        frontend.put(
                app("/a", 1, "VHOST", "a.test", "GROUP", "external"),
                app("/b", 1, "VHOST", "b.test", "GROUP", "internal"),
                app("/c", 1, "VHOST", "c.test"));

        assertThat(ask(frontend.lbPort(), "a.test", "/")).isEqualTo("/a-1");
        assertThat(ask(frontend.lbPort(), "b.test", "/")).isEqualTo("404");
        assertThat(ask(frontend.lbPort(), "c.test", "/")).isEqualTo("404");
    }

    @Test
    void aBrokenLabelTakesItsOwnPortOutAndShowsWhy() throws Exception {
        int other = TestBroker.freePort();
        var frontend = frontend();
        frontend.put(
                app("/a", 1, port, "VHOST", "a.test", "BALANCE", "best"),
                app("/b", 1, other, "VHOST", "b.test"));

        assertThat(ask(frontend.lbPort(), "a.test", "/")).isEqualTo("404");
        assertThat(ask(frontend.lbPort(), "b.test", "/")).isEqualTo("/b-1");
        assertThat(ask(other, "x", "/")).isEqualTo("/b-1");
        assertThat(frontend.problems())
                .singleElement()
                .asString()
                .startsWith("/a HAPROXY_0_BALANCE: 'best' is none of roundrobin")
                .endsWith("port not routed");
    }

    @Test
    void aVersionWithBrokenLabelsLeavesTheOneBeforeItAlone() throws Exception {
        var frontend = frontend();
        frontend.put(
                app("/a", 1, "VHOST", "a.test"), app("/a", 2, "VHOST", "a.test", "MODE", "udp"));

        for (int i = 0; i < 4; i++) {
            assertThat(ask(frontend.lbPort(), "a.test", "/")).isEqualTo("/a-1");
        }
    }

    @Test
    void leastconnPrefersWhoHasLessToDo() throws Exception {
        var frontend = frontend();
        var busy = task("busy");
        var labels = Map.of("HAPROXY_0_BALANCE", "leastconn");
        frontend.put(Given.endpoint("/a", 1, busy.port(), port, labels));
        var held = CompletableFuture.supplyAsync(() -> Raw.get(port, "a", "/wait"));
        await().until(() -> busy.waiting() == 1);
        frontend.put(Given.endpoint("/a", 2, task("free").port(), port, labels));

        for (int i = 0; i < 6; i++) {
            assertThat(ask(port, "a", "/")).isEqualTo("free");
        }
        busy.letGo();
        assertThat(held.get()).endsWith("busy");
    }

    @Test
    void sourceBringsAnAddressToTheSameEndpoint() throws Exception {
        var frontend = frontend();
        for (int i = 0; i < 3; i++) {
            frontend.put(app("/a", i, port, "BALANCE", "source"));
        }

        var answers = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            answers.add(ask(port, "a", "/"));
        }
        assertThat(answers).containsOnly(answers.getFirst());
    }

    @Test
    void aServicePortListensWhereItsLabelSaysUnlessThatOpensWhatTheProxyCloses() throws Exception {
        int other = TestBroker.freePort();
        var frontend = frontend();
        frontend.put(
                app("/a", 1, port, "BIND_ADDR", "127.0.0.2"),
                app("/b", 1, other, "BIND_ADDR", "0.0.0.0"));

        try (var socket = new Socket("127.0.0.2", port)) {
            Raw.send(socket, Raw.head("GET / HTTP/1.1", "Host: a", "Connection: close"));
            assertThat(Raw.rest(socket)).endsWith("/a-1");
        }
        assertThat(frontend.problems())
                .containsExactly(
                        "/b HAPROXY_0_BIND_ADDR: this load balancer listens on 127.0.0.1 only;"
                                + " port not routed");
    }

    @Test
    void onlyAllowedNetworksComeIn() throws Exception {
        int open = TestBroker.freePort();
        int tcp = TestBroker.freePort();
        var frontend = frontend();
        frontend.put(
                app("/a", 1, port, "BACKEND_NETWORK_ALLOWED_ACL", "10.0.0.0/8"),
                app("/b", 1, open, "BACKEND_NETWORK_ALLOWED_ACL", "10.0.0.0/8 127.0.0.0/8"),
                app("/c", 1, tcp, "BACKEND_NETWORK_ALLOWED_ACL", "10.0.0.0/8", "MODE", "tcp"));

        assertThat(ask(port, "a", "/")).isEqualTo("403");
        assertThat(ask(open, "a", "/")).isEqualTo("/b-1");
        assertThat(Raw.exchange(tcp, "")).isEmpty();
    }
}
