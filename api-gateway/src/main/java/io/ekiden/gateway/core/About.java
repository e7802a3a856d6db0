package io.ekiden.gateway.core;

/// What a gateway says about itself.
///
/// @param name of the product, `version` of this build
/// @param host and `port` at which clients reach this gateway
public record About(String name, String version, String host, int port) {
    public String authority() {
        return host + ":" + port;
    }

    public String url() {
        return "http://" + authority();
    }
}
