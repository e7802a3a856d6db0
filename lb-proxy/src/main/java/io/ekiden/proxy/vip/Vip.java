package io.ekiden.proxy.vip;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A virtual address as a label names it: `/mygroup/myapp:80` by a name, `10.1.2.3:80` by itself.
///
/// @param host the name in lower case without its slashes, or the address
/// @param isName whether it is a name
public record Vip(String host, boolean isName, int port) implements Comparable<Vip> {
    private static final int MAX_PORT = 65_535;

    /// What is left for a name before the domain.
    private static final int MAX_NAME = 200;

    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern NAME =
            Pattern.compile(
                    "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern FORM = Pattern.compile("(?<host>[^:]+):(?<port>[0-9]{1,5})");

    /// Empty when the text is neither.
    static Optional<Vip> parse(String text) {
        var matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(matcher.group("port"));
        var written = matcher.group("host");
        boolean isName = written.startsWith("/");
        var host = isName ? name(written) : address(written);
        return host.filter(_ -> port >= 1 && port <= MAX_PORT)
                .map(found -> new Vip(found, isName, port));
    }

    private static Optional<String> name(String written) {
        var name = written.replace("/", "");
        return Optional.of(name)
                .filter(n -> n.length() <= MAX_NAME && NAME.matcher(n).matches())
                .filter(n -> address(n).isEmpty());
    }

    private static Optional<String> address(String written) {
        try {
            return ADDRESS.matcher(written).matches()
                    ? Optional.of(InetAddress.ofLiteral(written).getHostAddress())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(Vip other) {
        return Comparator.comparing(Vip::host).thenComparingInt(Vip::port).compare(this, other);
    }

    @Override
    public String toString() {
        return (isName ? "/" : "") + host + ":" + port;
    }
}
