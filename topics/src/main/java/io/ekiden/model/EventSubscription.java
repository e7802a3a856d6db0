package io.ekiden.model;

/// Somebody wants each event posted to a URL: one of `/v2/eventSubscriptions`.
///
/// @param since sequence of the entry that made it; it gets the events from there on
public record EventSubscription(String callbackUrl, long since) implements Entity {
    public static final String PREFIX = "subscription/";

    /// So many there can be.
    public static final int MAX = 100;

    public static String key(String callbackUrl) {
        return PREFIX + callbackUrl;
    }

    @Override
    public String key() {
        return key(callbackUrl);
    }
}
