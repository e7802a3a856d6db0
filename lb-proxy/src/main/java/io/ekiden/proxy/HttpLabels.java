package io.ekiden.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the labels of a port ask to be done with HTTP requests and their answers.
///
/// @param sticky whether a client's requests go to one endpoint, by a cookie
/// @param proxyPass is taken off the beginning of a request's path
/// @param revProxy is put before the path in a `Location`
/// @param rootRedirect where those are sent who ask for `/`
record HttpLabels(
        boolean sticky,
        boolean redirectToHttps,
        boolean hsts,
        Optional<String> proxyPass,
        Optional<String> revProxy,
        Optional<String> rootRedirect,
        Optional<Credentials> auth) {

    static final HttpLabels NONE =
            new HttpLabels(
                    false,
                    false,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    private static final List<String> NAMES =
            List.of(
                    "STICKY",
                    "REDIRECT_TO_HTTPS",
                    "USE_HSTS",
                    "HTTP_BACKEND_PROXYPASS_PATH",
                    "HTTP_BACKEND_REVPROXY_PATH",
                    "HTTP_BACKEND_REDIR");

    static HttpLabels of(LabelReader labels, PortLabels.Mode mode) {
        var auth = labels.haproxy("AUTH");
        if (mode == PortLabels.Mode.TCP) {
            labels.text(auth).ifPresent(_ -> labels.fault(auth, "cannot be asked for in tcp mode"));
            NAMES.stream()
                    .map(labels::haproxy)
                    .filter(label -> labels.text(label).isPresent())
                    .forEach(label -> labels.remark(label, "has no effect in tcp mode"));
            return NONE;
        }
        return new HttpLabels(
                labels.isTrue(labels.haproxy("STICKY"), false),
                labels.isTrue(labels.haproxy("REDIRECT_TO_HTTPS"), false),
                labels.isTrue(labels.haproxy("USE_HSTS"), false),
                path(labels, "HTTP_BACKEND_PROXYPASS_PATH"),
                path(labels, "HTTP_BACKEND_REVPROXY_PATH"),
                path(labels, "HTTP_BACKEND_REDIR"),
                Credentials.of(labels, auth));
    }

    private static Optional<String> path(LabelReader labels, String name) {
        var label = labels.haproxy(name);
        var value = labels.text(label);
        value.filter(path -> !PathPrefix.isPath(path))
                .ifPresent(path -> labels.fault(label, path, "is not a path such as /shop"));
        return value;
    }

    /// What is to be done, in this order.
    ///
    /// @param site what the route is of
    List<Interceptor> interceptors(Site site) {
        var interceptors = new ArrayList<Interceptor>();
        if (site.isVirtualHost() && redirectToHttps) {
            interceptors.add(new Interceptors.HttpsOnly(site.httpsPort()));
        }
        if (site.isVirtualHost()) {
            rootRedirect.ifPresent(path -> interceptors.add(new Interceptors.RootRedirect(path)));
        }
        if (hsts) {
            interceptors.add(new Interceptors.Hsts());
        }
        proxyPass.ifPresent(path -> interceptors.add(new Interceptors.PathStripped(path)));
        revProxy.ifPresent(
                path -> interceptors.add(new Interceptors.LocationPrefixed(path, site.host())));
        return interceptors;
    }
}
