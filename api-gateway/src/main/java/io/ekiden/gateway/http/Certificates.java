package io.ekiden.gateway.http;

import io.ekiden.gateway.Security;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/// The gateway's certificate and key, and what of TLS is spoken: 1.2 and 1.3, with ciphers that
/// keep what was said secret even when the key is stolen later.
final class Certificates {
    private static final String AEAD = "TLS_(AES|CHACHA20)_.*|TLS_ECDHE_.*_(GCM_.*|CHACHA20_.*)";

    private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

    private Certificates() {}

    /// HTTP/1.1 alone is spoken, as without TLS.
    static void into(HttpServerOptions options, Security.Tls files) {
        options.setSsl(true).setUseAlpn(false).setKeyCertOptions(read(files));
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
        ciphers().forEach(options::addEnabledCipherSuite);
    }

    static ServerSSLOptions of(Security.Tls files) {
        var options = new ServerSSLOptions().setUseAlpn(false).setKeyCertOptions(read(files));
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
        ciphers().forEach(options::addEnabledCipherSuite);
        return options;
    }

    private static PemKeyCertOptions read(Security.Tls files) {
        return new PemKeyCertOptions()
                .setCertPath(files.certificate().toString())
                .setKeyPath(files.key().toString());
    }

    private static List<String> ciphers() {
        try {
            return Arrays.stream(
                            SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites())
                    .filter(name -> name.matches(AEAD))
                    .toList();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }
}
