package io.ekiden.gateway.core;

import io.ekiden.log.Change;
import io.ekiden.model.EventSubscription;
import io.ekiden.state.ClusterImage;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// `/v2/eventSubscriptions`, as Marathon had it until 1.4.
public final class Subscriptions {
    static final int MAX_URL = 2048;

    private Subscriptions() {}

    public static Answer list(ApiRequest request, ClusterImage image) {
        var body = Answer.object();
        var urls = body.putArray("callbackUrls");
        image.subscriptions().stream().map(EventSubscription::callbackUrl).forEach(urls::add);
        return Answer.ok(body);
    }

    /// Answers with the event that tells of it.
    public static Wanted subscribe(ApiRequest request) {
        var url = request.first("callbackUrl").orElse("");
        return problem(url)
                .<Wanted>map(why -> new Wanted.Refused(Answer.message(422, why)))
                .orElseGet(() -> write(new Change.Subscribe(url)));
    }

    /// One that could not be made can be taken back all the same.
    public static Wanted unsubscribe(ApiRequest request) {
        var url = request.first("callbackUrl").orElse("");
        return url.isEmpty() || url.length() > MAX_URL
                ? new Wanted.Refused(Answer.message(422, "callbackUrl must be given"))
                : write(new Change.Unsubscribe(url));
    }

    private static Wanted write(Change change) {
        return new Wanted.Write(
                change,
                false,
                (applied, _) ->
                        Events.of(applied.entry()).stream()
                                .filter(event -> event.type().endsWith("subscribe_event"))
                                .findFirst()
                                .map(event -> Answer.ok(event.json()))
                                .orElseThrow());
    }

    /// What is wrong with a URL, if anything is. To where it leads is looked at when something is
    /// posted.
    static Optional<String> problem(String url) {
        if (url.isEmpty()) {
            return Optional.of("callbackUrl must be given");
        }
        if (url.length() > MAX_URL) {
            return Optional.of("callbackUrl must not be longer than " + MAX_URL + " characters");
        }
        try {
            var uri = new URI(url);
            boolean http =
                    "http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getPort() > 65_535) {
                return Optional.of("callbackUrl must be an http or https URL with a host");
            }
            return uri.getRawUserInfo() == null && uri.getRawFragment() == null
                    ? Optional.empty()
                    : Optional.of("callbackUrl must have no user and no fragment");
        } catch (URISyntaxException e) {
            return Optional.of("callbackUrl is no URL");
        }
    }
}
