package io.ekiden.gateway.core;

/// What a gateway says about itself.
///
/// @param name of the product, `version` of this build
/// @param host and `port` at which clients reach this gateway
/// @param secure whether it is reached by HTTPS
public record About(String name, String version, String host, int port, boolean secure) {
    public String authority() {
        return host + ":" + port;
    }

    public String url() {
        return (secure ? "https://" : "http://") + authority();
    }
}
