package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.proxy.ProxyProtocol.Reading;
import io.ekiden.proxy.ProxyProtocol.Version;
import io.ekiden.testkit.TestBroker;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The PROXY protocol: what is read and written, and who is believed.
final class ProxyProtocolTest extends WithFrontend {
    private static final String LINE = "PROXY TCP4 203.0.113.7 192.0.2.1 5555 443\r\n";
    private static final InetSocketAddress FROM = new InetSocketAddress("203.0.113.7", 5555);
    private static final InetSocketAddress TO = new InetSocketAddress("192.0.2.1", 443);
    private static final String GET =
            Raw.head("GET /headers HTTP/1.1", "Host: a", "Connection: close");

    private TestFrontend trusting(String... proxies) throws Exception {
        var frontends =
                new ProxyConfig.Frontends(
                        Set.of("*"),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        Networks.of(List.of(proxies)),
                        false);
        return ended(new TestFrontend(timeouts(Duration.ofMinutes(1)), frontends));
    }

    private static String header(Version version, String from) {
        var header =
                ProxyProtocol.header(
                        version,
                        new InetSocketAddress(InetAddress.ofLiteral(from), 5555),
                        new InetSocketAddress(InetAddress.ofLiteral("::1"), 1));
        return new String(ByteBufUtil.getBytes(header), StandardCharsets.ISO_8859_1);
    }

    /// A connection that was reset has given no answer.
    private String ask(String sent) throws IOException {
        try (var socket = Raw.open(port)) {
            Raw.send(socket, sent);
            return Raw.rest(socket);
        } catch (SocketException e) {
            return "";
        }
    }

    private static Reading read(String text) {
        return ProxyProtocol.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    @Test
    void whatIsWrittenIsReadAgainHoweverItIsCut() {
        for (var version : Version.values()) {
            for (var from : List.of("203.0.113.7", "2001:db8::7")) {
                var text = header(version, from);
                for (int i = 0; i < text.length(); i++) {
                    assertThat(read(text.substring(0, i))).isInstanceOf(Reading.Unfinished.class);
                }
                var header = (Reading.Header) read(text + "rest");
                assertThat(header.length()).isEqualTo(text.length());
                assertThat(header.from())
                        .contains(new InetSocketAddress(InetAddress.ofLiteral(from), 5555));
            }
        }
        assertThat(read(LINE))
                .isEqualTo(new Reading.Header(Optional.of(FROM), Optional.of(TO), LINE.length()));
    }

    @Test
    void aSenderMaySpeakForItself() {
        assertThat(read("PROXY UNKNOWN\r\nrest"))
                .isEqualTo(new Reading.Header(Optional.empty(), Optional.empty(), 15));
        assertThat(read("\r\n\r\n\0\r\nQUIT\n \0\0\0rest"))
                .isEqualTo(new Reading.Header(Optional.empty(), Optional.empty(), 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "PROXY\tTCP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n",
                "PROXY TCP4 localhost 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n",
                "PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "\r\n\r\n\0\r\nQUIT\n1\u0011\0\u000c____________",
                "\r\n\r\n\0\r\nQUIT\n!\u0011\0\u0004____",
                "\r\n\r\n\0\r\nQUIT\n!\u0011@\0____"
            })
    void whatIsNoHeaderIsNone(String text) {
        assertThat(read(text)).isInstanceOf(Reading.Broken.class);
    }

    @Test
    void aLineThatDoesNotEndIsNone() {
        assertThat(read("PROXY TCP4 " + "1".repeat(200))).isInstanceOf(Reading.Broken.class);
    }

    @Test
    void anHttpRequestIsOfWhomTheHeaderNames() throws Exception {
        trusting("127.0.0.0/8").put(Given.endpoint("/a", 1, task("one").port(), port));

        for (var header : List.of(LINE, header(Version.V2, "203.0.113.7"))) {
            assertThat(ask(header + GET))
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("X-forwarded-for: [203.0.113.7]");
        }
        assertThat(ask(LINE + GET)).contains("X-forwarded-port: [443]");
    }

    @Test
    void whoMayComeIsDecidedByTheHeader() throws Exception {
        trusting("127.0.0.1")
                .put(
                        Given.endpoint(
                                "/a",
                                1,
                                task("one").port(),
                                port,
                                Map.of("HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL", "203.0.113.0/24")));

        assertThat(ask(LINE + GET)).startsWith("HTTP/1.1 200");
        assertThat(ask(LINE.replace("203", "204") + GET)).startsWith("HTTP/1.1 403");
    }

    @Test
    void aTrustedProxyMustSendAHeaderAndNobodyElseMay() throws Exception {
        trusting("127.0.0.1").put(Given.endpoint("/a", 1, task("one").port(), port));
        assertThat(ask(GET)).isEmpty();
        assertThat(ask("")).isEmpty();
        assertThat(ask(LINE.substring(0, 20))).isEmpty();

        int other = TestBroker.freePort();
        trusting("192.0.2.1").put(Given.endpoint("/b", 1, task("two").port(), other));
        assertThat(Raw.get(other, "a", "/")).endsWith("two");
        assertThat(Raw.exchange(other, LINE + GET)).contains(" 400 Bad Request\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void aTcpBackendIsToldWhomAConnectionIsOf(String version) throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            var bytes = socket.getInputStream().readAllBytes();
                            var header =
                                    (Reading.Header)
                                            ProxyProtocol.read(Unpooled.wrappedBuffer(bytes));
                            var rest =
                                    new String(
                                            bytes,
                                            header.length(),
                                            bytes.length - header.length(),
                                            StandardCharsets.ISO_8859_1);
                            Raw.send(
                                    socket,
                                    header.from().orElseThrow().getHostString() + " " + rest);
                        }));
        var labels = Map.of("HAPROXY_0_MODE", "tcp", "EKIDEN_0_SEND_PROXY", version);
        int plain = TestBroker.freePort();
        trusting("127.0.0.1").put(Given.endpoint("/a", 1, task.port(), port, labels));
        trusting("192.0.2.1").put(Given.endpoint("/b", 1, task.port(), plain, labels));

        assertThat(sayAll(port, LINE + "hello")).isEqualTo("203.0.113.7 hello");
        assertThat(sayAll(plain, "hello")).isEqualTo("127.0.0.1 hello");
        assertThat(sayAll(port, "hello")).isEmpty();
    }

    private static String sayAll(int port, String text) throws IOException {
        try (var socket = Raw.open(port)) {
            Raw.send(socket, text);
            socket.shutdownOutput();
            return Raw.rest(socket);
        } catch (SocketException e) {
            return "";
        }
    }
}
