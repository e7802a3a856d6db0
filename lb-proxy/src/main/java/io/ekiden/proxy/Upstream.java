package io.ekiden.proxy;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// How an endpoint wants to be spoken to, by its labels.
///
/// @param http2 with prior knowledge, instead of HTTP/1.1
/// @param header of the PROXY protocol that each connection begins with, if it is to
/// @param ejectAfter so many failed requests in a row, of which an answer of 500 and above is one,
///   it is passed over for a while; 0 for never
/// @param ejectTime for which it is passed over the first time; empty for that of the proxy
record Upstream(
        boolean http2,
        Optional<ProxyProtocol.Version> header,
        int ejectAfter,
        Optional<Duration> ejectTime) {
    private static final int MAX_FAILURES = 1_000;
    private static final int MAX_EJECT_SECONDS = 3_600;

    static Upstream of(LabelReader labels, PortLabels.Mode mode) {
        return new Upstream(
                http2(labels, mode),
                header(labels, mode),
                ejectAfter(labels, mode),
                labels.seconds(labels.ekiden("EJECT_TIME"), MAX_EJECT_SECONDS));
    }

    private static int ejectAfter(LabelReader labels, PortLabels.Mode mode) {
        var label = labels.ekiden("EJECT_AFTER");
        if (mode == PortLabels.Mode.TCP && labels.text(label).isPresent()) {
            labels.remark(label, "has no effect in tcp mode");
            return 0;
        }
        return labels.number(label, 0, 1, MAX_FAILURES);
    }

    private static boolean http2(LabelReader labels, PortLabels.Mode mode) {
        var label = labels.ekiden("BACKEND_PROTOCOL");
        var value = labels.text(label).orElse("http/1.1");
        boolean http2 =
                switch (value.toLowerCase(Locale.ROOT)) {
                    case "http/1.1" -> false;
                    case "h2" -> true;
                    default -> {
                        labels.fault(label, value, "is neither http/1.1 nor h2");
                        yield false;
                    }
                };
        if (http2 && mode == PortLabels.Mode.TCP) {
            labels.remark(label, "has no effect in tcp mode");
            return false;
        }
        return http2;
    }

    private static Optional<ProxyProtocol.Version> header(
            LabelReader labels, PortLabels.Mode mode) {
        var label = labels.ekiden("SEND_PROXY");
        var value = labels.text(label);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (mode == PortLabels.Mode.HTTP) {
            labels.fault(label, "cannot be offered in http mode, where X-Forwarded-For says it");
            return Optional.empty();
        }
        return switch (value.get().toLowerCase(Locale.ROOT)) {
            case "v1" -> Optional.of(ProxyProtocol.Version.V1);
            case "v2" -> Optional.of(ProxyProtocol.Version.V2);
            default -> {
                labels.fault(label, value.get(), "is neither v1 nor v2");
                yield Optional.empty();
            }
        };
    }
}
