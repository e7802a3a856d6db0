package io.ekiden.proxy;

import io.ekiden.process.SecureTransport;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;

/// What a listener with TLS needs. The client chooses between HTTP/2 and HTTP/1.1 (ALPN). BoringSSL
/// speaks it where there is one for the platform, else the JDK.
///
/// @param pems of which a client gets the one for the name it asks for, or else the first
record Tls(List<Pem> pems) {

    /// A chain of certificates and the key of the first.
    record Pem(Buffer chain, Buffer key) {
        PemKeyCertOptions into(PemKeyCertOptions options) {
            return options.addCertValue(chain).addKeyValue(key);
        }
    }

    void into(HttpServerOptions options) {
        if (OpenSSLEngineOptions.isAvailable()) {
            options.setSslEngineOptions(new OpenSSLEngineOptions());
        }
        options.setSsl(true).setSni(true).setUseAlpn(true).setKeyCertOptions(keys());
        options.setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
        options.setEnabledSecureTransportProtocols(SecureTransport.PROTOCOLS);
        SecureTransport.ciphers().forEach(options::addEnabledCipherSuite);
    }

    /// For a listener that is open already.
    ServerSSLOptions renewed() {
        var options =
                new ServerSSLOptions().setSni(true).setUseAlpn(true).setKeyCertOptions(keys());
        options.setApplicationLayerProtocols(List.of("h2", "http/1.1"));
        options.setEnabledSecureTransportProtocols(SecureTransport.PROTOCOLS);
        SecureTransport.ciphers().forEach(options::addEnabledCipherSuite);
        return options;
    }

    private PemKeyCertOptions keys() {
        var keys = new PemKeyCertOptions();
        pems.forEach(pem -> pem.into(keys));
        return keys;
    }
}
