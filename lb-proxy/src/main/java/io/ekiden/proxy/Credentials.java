package io.ekiden.proxy;

import java.util.Optional;
import java.util.regex.Pattern;

/// The user who may come, by HTTP's basic authentication.
///
/// @param hash of the password, as `crypt(3)` makes it: SHA-512 (`$6$`), SHA-256 (`$5$`) or MD5
///   (`$1$`)
record Credentials(String realm, String user, String hash) {
    private static final Pattern REALM = Pattern.compile("[ !#-\\[\\]-~]{1,100}");
    private static final Pattern HASH =
            Pattern.compile(
                    "\\$[156]\\$(rounds=([0-9]{1,9})\\$)?[./0-9A-Za-z]{1,16}\\$[./0-9A-Za-z]+");

    /// More would keep a core busy for a good part of a second.
    private static final int MAX_ROUNDS = 200_000;

    static Optional<Credentials> of(LabelReader labels, String label) {
        return labels.text(label)
                .flatMap(value -> {
                    var parts = value.split(":", -1);
                    if (parts.length != 3
                            || !REALM.matcher(parts[0]).matches()
                            || parts[1].isEmpty()) {
                        // Without the value: it may have a password.
                        labels.fault(label, "is not realm:user:hash");
                        return Optional.empty();
                    }
                    if (!isCheckable(parts[2])) {
                        labels.fault(
                                label,
                                "the hash is none that can be checked here: $5$ or $6$, as mkpasswd -m"
                                        + " sha-512 makes it, or $1$");
                        return Optional.empty();
                    }
                    return Optional.of(new Credentials(parts[0], parts[1], parts[2]));
                });
    }

    private static boolean isCheckable(String hash) {
        var matcher = HASH.matcher(hash);
        return matcher.matches()
                && (matcher.group(2) == null || Integer.parseInt(matcher.group(2)) <= MAX_ROUNDS);
    }
}
