package io.ekiden.proxy;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One line for each request that was answered or given up, in the combined format of Apache and
/// nginx, and behind it what a load balancer knows more:
///
/// ```
/// CLIENT - - [TIME] "METHOD TARGET VERSION" STATUS BYTES "REFERER" "USER-AGENT" "HOST" APP BACKEND SECONDS END
/// ```
///
/// BYTES are those of the answer's body, SECONDS go from the request's head to the end of its
/// answer. APP and BACKEND (host:port) are `-` for what was answered here. END is `cut` when the
/// answer broke off or the client went before it was complete, else `ok`; a client that went before
/// the answer began has STATUS 499, as nginx writes it. A quote in what others wrote is `'`, and
/// what is not printable `?`.
///
/// Lines go to the logger `io.ekiden.access`; where they are kept is up to the process.
final class AccessLog {
    private static final Logger LINES = LoggerFactory.getLogger("io.ekiden.access");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final Clock clock;

    AccessLog(Clock clock) {
        this.clock = clock;
    }

    /// What a request has met on its way.
    ///
    /// @param backend none when nobody but the proxy has answered
    /// @param begun when the request's head was read, as [System#nanoTime()] has it
    record Way(Optional<Route> route, Optional<Backend> backend, long begun) {
        /// Of a request that went nowhere.
        static Way none() {
            return new Way(Optional.empty(), Optional.empty(), System.nanoTime());
        }
    }

    /// The answer is complete.
    void answered(HttpServerRequest request, Way way) {
        write(request, request.response().getStatusCode(), way, "ok");
    }

    /// The backend broke off its answer.
    void cut(HttpServerRequest request, Way way) {
        write(request, request.response().getStatusCode(), way, "cut");
    }

    /// The client went before the answer was complete.
    void abandoned(HttpServerRequest request, Way way) {
        var response = request.response();
        int status = response.headWritten() ? response.getStatusCode() : CLIENT_CLOSED_REQUEST;
        write(request, status, way, "cut");
    }

    private void write(HttpServerRequest request, int status, Way way, String end) {
        LINES.info(
                "{} - - [{}] \"{} {} {}\" {} {} \"{}\" \"{}\" \"{}\" {} {} {} {}",
                request.remoteAddress().hostAddress(),
                TIME.format(OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)),
                quoted(request.method().name()),
                quoted(request.uri()),
                version(request.version()),
                status,
                request.response().bytesWritten(),
                field(request, HttpHeaders.REFERER),
                field(request, HttpHeaders.USER_AGENT),
                Optional.ofNullable(request.authority())
                        .map(Object::toString)
                        .map(AccessLog::quoted)
                        .orElse("-"),
                way.route().map(r -> r.runSpecId().toString()).orElse("-"),
                way.backend().map(b -> b.host() + ":" + b.port()).orElse("-"),
                String.format(Locale.ROOT, "%.3f", (System.nanoTime() - way.begun()) / 1e9),
                end);
    }

    private static String field(HttpServerRequest request, CharSequence name) {
        var value = request.headers().get(name);
        return value == null ? "-" : quoted(value);
    }

    private static String quoted(String text) {
        return Texts.printable(text).replace('"', '\'');
    }

    private static String version(HttpVersion version) {
        return switch (version) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2.0";
        };
    }
}
