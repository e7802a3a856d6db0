package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.Failures;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Keeps browsers' pages of other origins out of an API that asks for no token on loopback: by the
/// name they call us (DNS rebinding), by their origin, by the media types that they may send
/// without asking.
final class Door {
    /// A page that was loaded from an address cannot have been rebound: only names can.
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]+]");

    private static final String ANY = "*";

    private final Set<String> hosts;

    /// @param hosts names by which this gateway may be called besides `localhost`; `*` for any
    Door(Set<String> hosts) {
        var names = new TreeSet<String>();
        names.add("localhost");
        hosts.forEach(host -> names.add(host.toLowerCase(Locale.ROOT)));
        this.hosts = names;
    }

    /// Why a request is turned away; empty to let it in.
    Optional<Answer> refusal(HttpServerRequest request, boolean mutates, boolean takesJson) {
        var host = request.authority() == null ? "" : request.authority().host();
        if (!isOurs(host)) {
            return Optional.of(
                    Answer.message(421, "This gateway is not known as '%s'".formatted(host)));
        }
        if (mutates && isForeign(request)) {
            return Optional.of(
                    Answer.message(403, "Pages of other origins may not change anything here"));
        }
        var type = request.getHeader("Content-Type");
        return takesJson && type != null && !isJson(type)
                ? Optional.of(Failures.unsupportedMediaType())
                : Optional.empty();
    }

    private boolean isOurs(String host) {
        return hosts.contains(ANY)
                || hosts.contains(host.toLowerCase(Locale.ROOT))
                || ADDRESS.matcher(host).matches();
    }

    private static boolean isForeign(HttpServerRequest request) {
        var origin = request.getHeader("Origin");
        if (origin == null) {
            return "cross-site".equals(request.getHeader("Sec-Fetch-Site"));
        }
        try {
            var authority = new URI(origin).getRawAuthority();
            return !request.getHeader("Host").equalsIgnoreCase(authority);
        } catch (URISyntaxException e) {
            return true;
        }
    }

    private static boolean isJson(String contentType) {
        var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.isEmpty()
                || type.equals("*/*")
                || type.equals("application/json")
                || (type.startsWith("application/") && type.endsWith("+json"));
    }
}
