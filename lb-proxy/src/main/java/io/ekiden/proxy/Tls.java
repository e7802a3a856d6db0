package io.ekiden.proxy;

import io.ekiden.process.SecureTransport;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;

/// What a listener with TLS needs. HTTP/1.1 alone is spoken, as without TLS.
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
        options.setSsl(true).setSni(true).setUseAlpn(false).setKeyCertOptions(keys());
        options.setEnabledSecureTransportProtocols(SecureTransport.PROTOCOLS);
        SecureTransport.ciphers().forEach(options::addEnabledCipherSuite);
    }

    /// For a listener that is open already.
    ServerSSLOptions renewed() {
        var options =
                new ServerSSLOptions().setSni(true).setUseAlpn(false).setKeyCertOptions(keys());
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
