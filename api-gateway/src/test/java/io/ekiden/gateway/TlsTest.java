package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.core.access.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// S24: HTTPS, with certificates that `keytool` makes.
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir Path folder;
    private TestCluster cluster;
    private GatewayServer gateway;
    private String token;
    private Path certificate;
    private Path key;

    @BeforeEach
    void start() throws Exception {
        certificate = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        make("first");
        var tokens = new Tokens(folder);
        token = tokens.add("root", Role.ADMIN, "/");
        cluster = new TestCluster();
        gateway = new GatewayServer(config("127.0.0.1", tokens.file()));
        gateway.start();
    }

    private GatewayConfig config(String host, Path tokens) {
        return GatewayConfig.of(cluster.bootstrap(), cluster.topics(), host, 0, "1")
                .withSecurity(
                        new Security(
                                Optional.of(tokens),
                                Optional.of(new Security.Tls(certificate, key)),
                                Optional.empty()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        cluster.close();
    }

    private void make(String name) throws Exception {
        var store = folder.resolve(name + ".p12");
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var command =
                List.of(
                        tool,
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD);
        var process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        pem(key, "PRIVATE KEY", keys.getKey("k", PASSWORD.toCharArray()).getEncoded());
        pem(certificate, "CERTIFICATE", keys.getCertificate("k").getEncoded());
    }

    private static void pem(Path file, String kind, byte[] bytes) throws IOException {
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind));
    }

    /// Whom the server says it is; trusts everybody.
    private static SSLContext trusting() throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        return context;
    }

    private HttpResponse<String> get(String path) throws Exception {
        try (var client = HttpClient.newBuilder().sslContext(trusting()).build()) {
            var uri = URI.create("https://127.0.0.1:" + gateway.port() + path);
            var request = HttpRequest.newBuilder(uri).header("Authorization", "token=" + token);
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    private SSLSocket handshake(String... protocols) throws Exception {
        var socket =
                (SSLSocket)
                        trusting()
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.setEnabledProtocols(protocols);
        socket.startHandshake();
        return socket;
    }

    @Test
    void itIsHttpsAndSaysSo() throws Exception {
        await().atMost(Duration.ofSeconds(20)).until(() -> get("/v2/info").statusCode() == 200);
        var info = get("/v2/info");

        assertThat(info.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(info.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThat(info.headers().firstValue("X-Marathon-Leader").orElseThrow())
                .startsWith("https://");
        assertThat(Http.parse(info.body()).at("/http_config/https_port").asInt())
                .isEqualTo(gateway.port());
        assertThat(Http.parse(info.body()).at("/http_config/http_port").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_.*(GCM|CHACHA20).*",
        "TLSv1.3, TLS_(AES|CHACHA20).*"
    })
    void newProtocolsAreSpokenWithGoodCiphers(String protocol, String cipher) throws Exception {
        try (var socket = handshake(protocol)) {
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(socket.getSession().getCipherSuite()).matches(cipher);
        }
    }

    @Test
    void aCipherWithoutAuthenticationOfItsOwnIsNotSpoken() throws Exception {
        try (var socket =
                (SSLSocket)
                        trusting()
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
            assertThatExceptionOfType(SSLException.class).isThrownBy(socket::startHandshake);
        }
    }

    @Test
    void plainHttpGetsNoAnswer() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP/1.1");
        }
    }

    private String name() throws Exception {
        try (var socket = handshake("TLSv1.3")) {
            var served = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return served.getSubjectX500Principal().getName();
        }
    }

    @Test
    void aNewCertificateIsServedAndABrokenOneIsNot() throws Exception {
        assertThat(name()).isEqualTo("CN=first");
        Files.writeString(certificate, "broken");
        await().during(Duration.ofMillis(2500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> name().equals("CN=first"));

        make("second");

        await().atMost(Duration.ofSeconds(20)).until(() -> name().equals("CN=second"));
    }

    @Test
    void whoIsSecuredMayBeReachedFromElsewhere() throws Exception {
        try (var open = new GatewayServer(config("0.0.0.0", folder.resolve("tokens")))) {
            open.start();
            assertThat(open.port()).isPositive();
        }
        var half =
                GatewayConfig.of(cluster.bootstrap(), cluster.topics(), "0.0.0.0", 0, "1")
                        .withSecurity(
                                new Security(
                                        Optional.of(folder.resolve("tokens")),
                                        Optional.empty(),
                                        Optional.empty()));
        try (var refused = new GatewayServer(half)) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(refused::start)
                    .withMessageContaining("--tls-cert");
        }
    }

    @Test
    void aCertificateWithoutAKeyIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Security.Tls.of(Optional.of("a"), Optional.empty()));
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
