package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.Endpoint;
import io.ekiden.testkit.TestBroker;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What labels have done with requests and answers.
final class HttpLabelsTest extends WithFrontend {
    /// Of the password `secret`, as `mkpasswd` and HAProxy's manual have it.
    private static final String SHA512 =
            "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1";

    private Endpoint endpoint(int backend, String... labels) {
        var all = new HashMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put("HAPROXY_0_" + labels[i], labels[i + 1]);
        }
        return Given.endpoint("/a", backend, backend, port, all);
    }

    private static String get(int port, String path, String... headers) {
        var lines =
                Stream.concat(
                        Stream.of("GET " + path + " HTTP/1.1", "Connection: close"),
                        Stream.of(headers));
        return Raw.exchange(port, Raw.head(lines.toArray(String[]::new)));
    }

    private static String basic(String password) {
        var credentials = ("ann:" + password).getBytes(StandardCharsets.UTF_8);
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    /// A task that answers each request with these header lines.
    private RawTask answers(String... lines) throws Exception {
        return ended(
                new RawTask((socket, _) -> {
                    RawTask.head(socket);
                    Raw.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + Raw.head(lines));
                }));
    }

    @Test
    void stickySendsAClientBackToItsEndpointUntilThatDrains() throws Exception {
        var one = endpoint(task("one").port(), "STICKY", "true");
        var two = endpoint(task("two").port(), "STICKY", "true");
        var frontend = frontend();
        frontend.put(one, two);

        var first = get(port, "/", "Host: a");
        var name = first.substring(first.lastIndexOf('\n') + 1);
        var cookie =
                first.replaceAll(
                        "(?is).*set-cookie: (mesosphere_server_id=[^;]+); path=/\r.*", "$1");
        assertThat(first).containsIgnoringCase("cache-control: private");
        for (int i = 0; i < 4; i++) {
            assertThat(get(port, "/", "Host: a", "Cookie: x=y; " + cookie))
                    .endsWith(name)
                    .doesNotContainIgnoringCase("set-cookie");
        }
        assertThat(get(port, "/headers", "Host: a", "Cookie: x=y; " + cookie + "; z=1"))
                .contains("Cookie: [x=y; z=1]")
                .doesNotContain("mesosphere");

        frontend.put(Given.draining(name.equals("one") ? one : two));

        assertThat(get(port, "/", "Host: a", "Cookie: " + cookie))
                .endsWith(name.equals("one") ? "two" : "one")
                .containsIgnoringCase("set-cookie: mesosphere_server_id=")
                .doesNotContain(cookie);
    }

    @Test
    void withoutStickyThereIsNoCookie() throws Exception {
        frontend().put(endpoint(task("one").port()));

        assertThat(get(port, "/", "Host: a")).doesNotContainIgnoringCase("set-cookie");
    }

    @Test
    void proxypassTakesThePathOff() throws Exception {
        frontend()
                .put(
                        endpoint(
                                task("one").port(),
                                "VHOST",
                                "a.test",
                                "HTTP_BACKEND_PROXYPASS_PATH",
                                "/shop"));

        assertThat(get(port, "/shop/uri?x=/shop", "Host: a")).endsWith("\r\n/uri?x=/shop");
        assertThat(get(port, "/SHOP/uri", "Host: a")).endsWith("\r\n/uri");
        assertThat(get(port, "/uri", "Host: a")).endsWith("\r\n/uri");
        assertThat(get(port, "/shop", "Host: a")).endsWith("\r\none");
    }

    @Test
    void aLocationOnThisHostComesBackBelowThePath() throws Exception {
        var frontend = frontend();
        var labels = new String[] {"VHOST", "a.test", "HTTP_BACKEND_REVPROXY_PATH", "/shop"};
        frontend.put(endpoint(answers("Location: /cart?x").port(), labels));
        assertThat(location(frontend)).isEqualTo("/shop/cart?x");

        for (var location :
                Map.of(
                                "http://a.test:8080/cart", "/shop/cart",
                                "https://A.test/", "/shop/",
                                "https://b.test/cart", "https://b.test/cart",
                                "//b.test/cart", "//b.test/cart",
                                "/shop/cart", "/shop/cart")
                        .entrySet()) {
            var other = ended(new TestFrontend(timeouts(RESPONSE)));
            var task = answers("Location: " + location.getKey());
            other.put(
                    Given.endpoint(
                            "/a",
                            1,
                            task.port(),
                            0,
                            Map.of(
                                    "HAPROXY_0_VHOST", "a.test",
                                    "HAPROXY_0_HTTP_BACKEND_REVPROXY_PATH", "/shop")));
            assertThat(location(other)).isEqualTo(location.getValue());
        }
    }

    private static String location(TestFrontend frontend) {
        return header(get(frontend.lbPort(), "/", "Host: a.test"), "location");
    }

    private static String header(String answer, String name) {
        return answer.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    @Test
    void redirectsOfAVirtualHost() throws Exception {
        var frontend = frontend();
        frontend.put(endpoint(task("one").port(), "VHOST", "a.test", "REDIRECT_TO_HTTPS", "true"));
        int other = TestBroker.freePort();
        frontend.put(
                Given.endpoint(
                        "/b",
                        1,
                        task("two").port(),
                        other,
                        Map.of(
                                "HAPROXY_0_VHOST", "b.test",
                                "HAPROXY_0_HTTP_BACKEND_REDIR", "/my/content")));

        var https = get(frontend.lbPort(), "/x?y=z", "Host: A.test:9080");
        assertThat(https).startsWith("HTTP/1.1 301");
        assertThat(header(https, "location")).isEqualTo("https://a.test/x?y=z");
        assertThat(get(port, "/", "Host: a.test")).endsWith("one");
        // Something before us speaks TLS.
        assertThat(get(frontend.lbPort(), "/", "Host: a.test", "X-Forwarded-Proto: https"))
                .endsWith("one");

        var root = get(frontend.lbPort(), "/?q", "Host: b.test");
        assertThat(root).startsWith("HTTP/1.1 301");
        assertThat(header(root, "location")).isEqualTo("/my/content");
        assertThat(get(frontend.lbPort(), "/x", "Host: b.test")).endsWith("two");
    }

    @Test
    void hstsIsSaidInEveryAnswer() throws Exception {
        frontend().put(endpoint(task("one").port(), "USE_HSTS", "true"));

        assertThat(header(get(port, "/", "Host: a"), "strict-transport-security"))
                .isEqualTo("max-age=15768000");
    }

    @Test
    void aPasswordIsAskedForAndChecked() throws Exception {
        var task = task("one");
        var frontend = frontend();
        frontend.put(endpoint(task.port(), "AUTH", "the shop:ann:" + SHA512));

        var asked = get(port, "/", "Host: a");
        assertThat(asked).startsWith("HTTP/1.1 401");
        assertThat(header(asked, "www-authenticate")).isEqualTo("Basic realm=\"the shop\"");
        for (var wrong :
                Stream.of(
                                basic("wrong"),
                                basic(""),
                                "Authorization: Bearer x",
                                "Authorization: Basic %")
                        .toList()) {
            assertThat(get(port, "/", "Host: a", wrong)).startsWith("HTTP/1.1 401");
        }
        assertThat(task.requests()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(get(port, "/", "Host: a", basic("secret"))).endsWith("one");
            assertThat(get(port, "/", "Host: a", basic("wrong"))).startsWith("HTTP/1.1 401");
        }
        assertThat(task.requests()).isEqualTo(3);
    }

    @Test
    void aBodyIsKeptWhileItsSenderIsAuthenticated() throws Exception {
        frontend().put(endpoint(task("one").port(), "AUTH", "r:ann:" + SHA512));

        var body = "a".repeat(100_000);
        var answer =
                Raw.exchange(
                        port,
                        Raw.head(
                                        "POST " + TestTask.LARGE + " HTTP/1.1",
                                        "Host: a",
                                        basic("secret"),
                                        "Connection: close",
                                        "Content-Length: " + body.length())
                                + body);

        assertThat(answer)
                .endsWith(
                        TestTask.digest(
                                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void guessingDoesNotHoldOthersUp() throws Exception {
        int open = TestBroker.freePort();
        var frontend = frontend();
        frontend.put(
                endpoint(
                        task("one").port(),
                        "AUTH",
                        "r:ann:" + SHA512.replace("$6$", "$6$rounds=200000$")),
                Given.endpoint("/b", 1, task("two").port(), open));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var guesses =
                    Stream.generate(() ->
                                    threads.submit(() -> get(port, "/", "Host: a", basic("wrong"))))
                            .limit(4)
                            .toList();
            for (int i = 0; i < 20; i++) {
                assertThat(get(open, "/", "Host: b")).endsWith("two");
            }
            assertThat(guesses).anyMatch(guess -> !guess.isDone());
            for (Future<String> guess : guesses) {
                assertThat(guess.get()).startsWith("HTTP/1.1 401");
            }
        }
    }
}
