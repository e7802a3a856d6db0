package io.ekiden.proxy;

import java.util.Locale;

/// Which of an app's endpoints comes next.
enum Balance {
    /// Each in its turn.
    ROUNDROBIN,
    /// The one with the fewest requests and connections of this proxy in flight.
    LEASTCONN,
    /// The same one for the same client address, while the endpoints stay the same.
    SOURCE;

    static Balance of(LabelReader labels, String label) {
        var value = labels.text(label).orElse("roundrobin");
        return switch (value.toLowerCase(Locale.ROOT)) {
            // The second cannot be changed at run time, the third chooses by chance: here, the
            // same.
            case "roundrobin", "static-rr", "random" -> ROUNDROBIN;
            case "leastconn" -> LEASTCONN;
            case "source" -> SOURCE;
            default -> {
                labels.fault(
                        label,
                        value,
                        "is none of roundrobin, static-rr, random, leastconn, source");
                yield ROUNDROBIN;
            }
        };
    }
}
