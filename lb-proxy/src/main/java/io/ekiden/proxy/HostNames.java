package io.ekiden.proxy;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The names of virtual hosts.
final class HostNames {
    private static final int MAX_LENGTH = 253;
    private static final Pattern FORM =
            Pattern.compile(
                    "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

    private HostNames() {}

    /// The names in a comma list; what is none is remarked, and the others are as good as before.
    static List<String> of(LabelReader labels, String label) {
        var hosts = new TreeSet<String>();
        for (var raw : labels.list(label)) {
            var host = raw.toLowerCase(Locale.ROOT);
            if (host.length() <= MAX_LENGTH && FORM.matcher(host).matches()) {
                hosts.add(host);
            } else {
                labels.remark(label, raw, "is not a host name");
            }
        }
        return List.copyOf(hosts);
    }

    /// The form in which host names are compared: lower case, without a port or a final dot.
    static String normal(String host) {
        int end = host.length();
        int colon = host.lastIndexOf(':');
        if (colon >= 0 && host.indexOf(']', colon) < 0) {
            end = colon;
        }
        if (end > 0 && host.charAt(end - 1) == '.') {
            end--;
        }
        return host.substring(0, end).toLowerCase(Locale.ROOT);
    }
}
