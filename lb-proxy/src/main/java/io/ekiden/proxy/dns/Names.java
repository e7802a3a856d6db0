package io.ekiden.proxy.dns;

import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How things are called. Names are absolute, in lower case, and end with a dot.
///
/// An app `/g/n` is `n-g`, as with Mesos-DNS: its path from the end to the beginning. What DNS
/// allows in a label are letters, digits and hyphens, at most 63; other characters are left out, or
/// become a hyphen when they separate words, and what is too long is cut.
final class Names {
    /// Of Mesos-DNS.
    static final String MESOS = "mesos.";

    /// Of DC/OS.
    static final String DIRECTORY = "thisdcos.directory.";

    static final String MARATHON = "marathon." + MESOS;
    static final String MARATHON_AGENT = "marathon.slave." + MESOS;

    /// Three ways of asking for an address, which differ where containers have one of their own.
    static final List<String> MARATHON_DCOS =
            List.of(
                    "marathon.agentip.dcos." + DIRECTORY,
                    "marathon.autoip.dcos." + DIRECTORY,
                    "marathon.containerip.dcos." + DIRECTORY);

    private static final int MAX_LABEL = 63;
    private static final int HASH = 8;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private Names() {}

    /// The zone that a name lies in; empty when it is none of ours.
    static Optional<String> zone(String name) {
        for (var zone : List.of(MESOS, DIRECTORY)) {
            if (name.equals(zone) || name.endsWith("." + zone)) {
                return Optional.of(zone);
            }
        }
        return Optional.empty();
    }

    static String app(PathId id) {
        return label(reversed(id), MAX_LABEL);
    }

    /// One task of an app: the app's name and a hash. A port is offered on it by
    /// [Resource.Service].
    static String task(PathId app, TaskId task) {
        return label(reversed(app), MAX_LABEL - HASH - 1) + "-" + hash(task.toString());
    }

    /// The label of a service or of one of its ports, which begins with an underscore; empty when
    /// nothing of the text can stand in a name.
    static Optional<String> service(String text) {
        var label = label(text, MAX_LABEL - 1);
        return label.isEmpty() ? Optional.empty() : Optional.of("_" + label);
    }

    /// The service of an app.
    static String service(PathId app) {
        return service(reversed(app)).orElseThrow();
    }

    private static String reversed(PathId id) {
        return String.join("-", id.segments().reversed());
    }

    private static String label(String text, int max) {
        var label = new StringBuilder();
        for (char c : text.toLowerCase(Locale.ROOT).toCharArray()) {
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                label.append(c);
            } else if ((c == '-' || c == '.' || c == '_') && !label.isEmpty()) {
                label.append('-');
            }
        }
        label.setLength(Math.min(label.length(), max));
        while (!label.isEmpty() && label.charAt(label.length() - 1) == '-') {
            label.setLength(label.length() - 1);
        }
        return label.toString();
    }

    private static String hash(String text) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            var hash = new StringBuilder();
            for (int i = 0; i < HASH; i++) {
                hash.append(ALPHABET.charAt(Math.floorMod(digest[i], ALPHABET.length())));
            }
            return hash.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
