package io.ekiden.proxy;

import java.util.Set;
import java.util.regex.Pattern;

/// Labels with pieces of HAProxy's configuration. There is no HAProxy here, and what they would
/// have done may be an access rule: a port with one is not routed.
final class Templates {
    private static final Set<String> NAMES =
            Set.of(
                    "BACKEND_HEAD",
                    "BACKEND_HSTS_OPTIONS",
                    "BACKEND_HTTP_HEALTHCHECK_OPTIONS",
                    "BACKEND_HTTP_OPTIONS",
                    "BACKEND_REDIRECT_HTTP_TO_HTTPS",
                    "BACKEND_REDIRECT_HTTP_TO_HTTPS_WITH_PATH",
                    "BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS",
                    "BACKEND_SERVER_OPTIONS",
                    "BACKEND_SERVER_TCP_HEALTHCHECK_OPTIONS",
                    "BACKEND_STICKY_OPTIONS",
                    "BACKEND_TCP_HEALTHCHECK_OPTIONS",
                    "BIND_OPTIONS",
                    "FRONTEND_BACKEND_GLUE",
                    "FRONTEND_HEAD",
                    "HTTP_BACKEND_NETWORK_ALLOWED_ACL",
                    "HTTP_BACKEND_PROXYPASS_GLUE",
                    "HTTP_BACKEND_REVPROXY_GLUE",
                    "TCP_BACKEND_NETWORK_ALLOWED_ACL",
                    "USERLIST_HEAD");

    /// A dozen of ways to put one condition each.
    private static final Pattern CONDITION =
            Pattern.compile("(MAP_)?HTTPS?_FRONTEND_(APPID_)?(ACL|ROUTING)(_.*)?");

    private Templates() {}

    static void refuse(LabelReader labels) {
        var prefix = labels.haproxy("");
        for (var label : labels.beginningWith(prefix).keySet()) {
            var name = label.substring(prefix.length());
            if (NAMES.contains(name) || CONDITION.matcher(name).matches()) {
                labels.fault(
                        label, "is a piece of HAProxy's configuration, and this is no HAProxy");
            }
        }
    }
}
