package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ekiden.proxy.ProxyConfig.Frontends;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// HTTPS, with certificates that `keytool` makes.
final class TlsTest extends WithCluster {
    private static final String PASSWORD = "changeit";

    @TempDir Path folder;
    private Path certificates;

    @BeforeEach
    void createDirectory() throws IOException {
        certificates = Files.createDirectory(folder.resolve("certificates"));
    }

    private ProxyServer proxy(int httpsPort) throws Exception {
        return cluster.proxy(
                new Frontends(
                        Set.of("*"),
                        OptionalInt.empty(),
                        OptionalInt.of(httpsPort),
                        Optional.of(certificates),
                        Networks.NONE,
                        false));
    }

    private record Identity(String certificate, String key) {
        String pem() {
            return certificate + key;
        }
    }

    private Identity identity(String host) throws Exception {
        var store = Files.createTempFile(folder, "store", ".p12");
        Files.delete(store);
        var command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + host,
                        "-ext",
                        "SAN=DNS:" + host,
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD);
        var process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        return new Identity(
                pem("CERTIFICATE", keys.getCertificate("k").getEncoded()),
                pem("PRIVATE KEY", keys.getKey("k", PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String kind, byte[] bytes) {
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(certificates.resolve(file), text);
    }

    private static SSLSocket connect(int port, String host) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String nameShown(int port, String host) throws Exception {
        try (var socket = connect(port, host)) {
            socket.startHandshake();
            var shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    private static String get(int port, String host, String path) throws Exception {
        try (var socket = connect(port, host)) {
            var head = Raw.head("GET " + path + " HTTP/1.1", "Host: " + host, "Connection: close");
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return Raw.rest(socket);
        }
    }

    @Test
    void aVirtualHostAnswersByHttpsWithTheCertificateOfItsName() throws Exception {
        write("a.pem", identity("a.test").pem());
        write("b.pem", identity("b.test").pem());
        cluster.put(
                Given.endpoint("/b", 1, task("b").port(), 0, Map.of("HAPROXY_0_VHOST", "b.test")));
        int port = proxy(0).httpsPort().orElseThrow();

        assertThat(nameShown(port, "a.test")).isEqualTo("CN=a.test");
        assertThat(nameShown(port, "b.test")).isEqualTo("CN=b.test");
        assertThat(nameShown(port, "c.test")).isEqualTo("CN=a.test");
        assertThat(get(port, "b.test", "/")).endsWith("\r\nb");
        assertThat(get(port, "b.test", "/headers"))
                .contains("X-forwarded-proto: [https]", "X-forwarded-port: [" + port + "]");
    }

    @Test
    void whoOffersHttp2GetsItAlsoWithANewCertificate() throws Exception {
        write("a.pem", identity("a.test").pem());
        cluster.put(
                Given.endpoint("/a", 1, task("a").port(), 0, Map.of("HAPROXY_0_VHOST", "a.test")));
        int port = proxy(0).httpsPort().orElseThrow();

        assertThat(askByHttp2(port)).isEqualTo("200");

        write("a.pem", identity("new.test").pem());
        await().until(() -> nameShown(port, "a.test").equals("CN=new.test"));
        assertThat(askByHttp2(port)).isEqualTo("200");
    }

    private static String askByHttp2(int port) throws Exception {
        try (var socket = connect(port, "a.test")) {
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            var client = new RawHttp2(socket);
            client.headers(
                    1,
                    RawHttp2.END_STREAM,
                    ":method",
                    "GET",
                    ":scheme",
                    "https",
                    ":authority",
                    "a.test",
                    ":path",
                    "/");
            return client.outcome(1);
        }
    }

    @Test
    void whoComesWithoutTlsIsSentToHttpsAndThenServed() throws Exception {
        write("a.pem", identity("a.test").pem());
        var labels = Map.of("HAPROXY_0_VHOST", "a.test", "HAPROXY_0_REDIRECT_TO_HTTPS", "true");
        cluster.put(Given.endpoint("/a", 1, task("a").port(), 0, labels));
        int wanted = TestBroker.freePort();
        var proxy = proxy(wanted);

        assertThat(Raw.get(proxy.lbPort(), "a.test", "/x"))
                .startsWith("HTTP/1.1 301")
                .containsIgnoringCase("location: https://a.test:" + wanted + "/x\r\n");
        assertThat(get(wanted, "a.test", "/x")).endsWith("\r\na");
        assertThat(
                        Raw.exchange(
                                proxy.lbPort(),
                                Raw.head(
                                        "GET / HTTP/1.1",
                                        "Host: a.test",
                                        "X-Forwarded-Proto: https",
                                        "Connection: close")))
                .startsWith("HTTP/1.1 301");
    }

    @Test
    void aNewCertificateIsShownWithoutARestartAndABrokenOneLeavesTheOld() throws Exception {
        write("a.pem", identity("a.test").pem());
        var proxy = proxy(0);
        int port = proxy.httpsPort().orElseThrow();
        assertThat(nameShown(port, "a.test")).isEqualTo("CN=a.test");

        write("a.pem", identity("new.test").pem());
        await().until(() -> nameShown(port, "a.test").equals("CN=new.test"));

        write("a.pem", identity("a.test").certificate() + identity("a.test").key());
        await().until(() ->
                cluster.get(proxy.adminPort(), "/routes")
                        .body()
                        .contains("the key is not that of the certificate"));
        assertThat(nameShown(port, "a.test")).isEqualTo("CN=new.test");

        Files.delete(certificates.resolve("a.pem"));
        write("b.pem", identity("b.test").pem());
        await().until(() -> nameShown(port, "a.test").equals("CN=b.test"));
    }

    @Test
    void withoutACertificateTheRestIsServedAndHttpsBeginsWhenThereIsOne() throws Exception {
        var labels = Map.of("HAPROXY_0_VHOST", "a.test");
        cluster.put(Given.endpoint("/a", 1, task("a").port(), 0, labels));
        write("a.pem", "no certificate");
        var proxy = proxy(0);

        assertThat(Raw.get(proxy.lbPort(), "a.test", "/")).endsWith("\r\na");
        assertThat(proxy.httpsPort()).isEmpty();
        assertThat(cluster.get(proxy.adminPort(), "/routes").body())
                .contains("no usable certificate", "no certificate or no private key in it");

        write("a.pem", identity("a.test").pem());
        await().until(() -> proxy.httpsPort().isPresent());
        assertThat(get(proxy.httpsPort().getAsInt(), "a.test", "/")).endsWith("\r\na");
    }

    @Test
    void aPortThatIsTakenWhenTheCertificateComesIsHadOnceItIsFree() throws Exception {
        var taken = ended(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        var proxy = proxy(taken.getLocalPort());
        write("a.pem", identity("a.test").pem());
        await().until(() ->
                cluster.get(proxy.adminPort(), "/routes").body().contains("cannot listen"));

        taken.close();

        await().until(() -> proxy.httpsPort().isPresent());
        assertThat(nameShown(proxy.httpsPort().getAsInt(), "a.test")).isEqualTo("CN=a.test");
    }

    @Test
    void aWildcardIsShownForItsNames() throws Exception {
        write("a.pem", identity("a.test").pem());
        write("b.pem", identity("*.b.test").pem());
        int port = proxy(0).httpsPort().orElseThrow();

        assertThat(nameShown(port, "shop.b.test")).isEqualTo("CN=*.b.test");
    }

    @Test
    void aServicePortSpeaksTlsWithTheCertificateOfItsLabel() throws Exception {
        write("shop.pem", identity("shop.test").pem());
        int port = TestBroker.freePort();
        int missing = TestBroker.freePort();
        cluster.put(
                Given.endpoint(
                        "/a",
                        1,
                        task("a").port(),
                        port,
                        Map.of("HAPROXY_0_SSL_CERT", "/etc/ssl/shop.pem")),
                Given.endpoint(
                        "/b",
                        1,
                        task("b").port(),
                        missing,
                        Map.of("HAPROXY_0_SSL_CERT", "../other.pem")));
        var proxy = proxy(0);

        assertThat(nameShown(port, "x")).isEqualTo("CN=shop.test");
        assertThat(get(port, "x", "/")).endsWith("\r\na");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> Raw.open(missing).close());
        assertThat(cluster.get(proxy.adminPort(), "/routes").body())
                .contains("no usable certificate ../other.pem");

        write("shop.pem", identity("renewed.test").pem());
        await().until(() -> nameShown(port, "x").equals("CN=renewed.test"));
    }

    @Test
    void oldVersionsOfTlsAreNotSpoken() throws Exception {
        write("a.pem", identity("a.test").pem());
        int port = proxy(0).httpsPort().orElseThrow();

        try (var socket = connect(port, "a.test")) {
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatExceptionOfType(SSLException.class).isThrownBy(socket::startHandshake);
        }
    }

    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
