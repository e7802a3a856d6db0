package io.ekiden.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/// What a listener with TLS needs. Spoken are TLS 1.2 and 1.3, with ciphers that keep what was said
/// secret even when the key is stolen later, and HTTP/1.1 alone.
///
/// @param pems of which a client gets the one for the name it asks for, or else the first
record Tls(List<Pem> pems) {
    private static final String AEAD = "TLS_(AES|CHACHA20)_.*|TLS_ECDHE_.*_(GCM_.*|CHACHA20_.*)";
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

    /// A chain of certificates and the key of the first.
    record Pem(Buffer chain, Buffer key) {
        PemKeyCertOptions into(PemKeyCertOptions options) {
            return options.addCertValue(chain).addKeyValue(key);
        }
    }

    void into(HttpServerOptions options) {
        options.setSsl(true).setSni(true).setUseAlpn(false).setKeyCertOptions(keys());
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
        ciphers().forEach(options::addEnabledCipherSuite);
    }

    /// For a listener that is open already.
    ServerSSLOptions renewed() {
        var options =
                new ServerSSLOptions().setSni(true).setUseAlpn(false).setKeyCertOptions(keys());
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
        ciphers().forEach(options::addEnabledCipherSuite);
        return options;
    }

    private PemKeyCertOptions keys() {
        var keys = new PemKeyCertOptions();
        pems.forEach(pem -> pem.into(keys));
        return keys;
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
