package io.ekiden.gateway.http;

import io.ekiden.gateway.Security;
import io.ekiden.process.SecureTransport;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;

/// The gateway's certificate and key.
final class Certificates {

    private Certificates() {}

    /// HTTP/1.1 alone is spoken, as without TLS.
    static void into(HttpServerOptions options, Security.Tls files) {
        options.setSsl(true).setUseAlpn(false).setKeyCertOptions(read(files));
        options.setEnabledSecureTransportProtocols(SecureTransport.PROTOCOLS);
        SecureTransport.ciphers().forEach(options::addEnabledCipherSuite);
    }

    static ServerSSLOptions of(Security.Tls files) {
        var options = new ServerSSLOptions().setUseAlpn(false).setKeyCertOptions(read(files));
        options.setEnabledSecureTransportProtocols(SecureTransport.PROTOCOLS);
        SecureTransport.ciphers().forEach(options::addEnabledCipherSuite);
        return options;
    }

    private static PemKeyCertOptions read(Security.Tls files) {
        return new PemKeyCertOptions()
                .setCertPath(files.certificate().toString())
                .setKeyPath(files.key().toString());
    }
}
