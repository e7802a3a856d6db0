package io.ekiden.gateway.core;

import java.util.Locale;

/// The `Accept` header, as far as the API asks for it.
public final class Accept {
    private final String header;

    private Accept(String header) {
        this.header = header;
    }

    public static Accept of(String header) {
        return new Accept(header.toLowerCase(Locale.ROOT));
    }

    /// Whether the header names this media type or, by a wildcard, any.
    public boolean allows(String type) {
        return header.isBlank()
                || names(type)
                || names("*/*")
                || names(type.substring(0, type.indexOf('/')) + "/*");
    }

    /// Whether the header names exactly this media type.
    public boolean names(String type) {
        for (var range : header.split(",", -1)) {
            if (range.strip().split(";", 2)[0].strip().equals(type)) {
                return true;
            }
        }
        return false;
    }

    /// Text is only given to who asks for it and not for JSON too.
    boolean prefersText() {
        return names("text/plain") && !names("application/json");
    }
}
