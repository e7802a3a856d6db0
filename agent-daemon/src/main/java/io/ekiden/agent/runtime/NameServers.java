package io.ekiden.agent.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Whom tasks ask for names when the cluster is to be asked first, and then the machine's own name
/// servers, which know the rest of the world: the cluster's refuse what is not theirs, and a
/// resolver goes on to the next.
public final class NameServers {
    /// The machine's own resolver is told its servers here (resolv.conf(5)).
    public static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private static final Pattern SERVER = Pattern.compile("\\s*nameserver\\s+(\\S+)\\s*");

    private NameServers() {}

    /// Of a container with a network of its own, the first first. What is loopback on the machine
    /// is another loopback there, and left out.
    ///
    /// @param cluster addresses; none leaves all to the engine
    /// @param resolvConf one that cannot be read names none
    public static List<String> ofContainer(List<String> cluster, Path resolvConf) {
        var servers = new LinkedHashSet<>(cluster);
        if (!cluster.isEmpty()) {
            servers.addAll(ofMachine(resolvConf));
        }
        return List.copyOf(servers);
    }

    /// Writes down what native tasks that have mounts of their own find as the machine's file
    /// (`supervise.sh`), or that they find that one.
    ///
    /// @param cluster addresses; none leaves the machine's
    public static void prepare(WorkDir work, List<String> cluster, Path resolvConf)
            throws IOException {
        var file = ofNativeTasks(work);
        if (cluster.isEmpty() || !Files.isReadable(resolvConf)) {
            Files.deleteIfExists(file);
            return;
        }
        var text =
                cluster.stream().map("nameserver %s\n"::formatted).collect(Collectors.joining())
                        + Files.readString(resolvConf);
        WorkDir.writeAtomically(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static Path ofNativeTasks(WorkDir work) {
        return Launcher.script(work).resolveSibling("resolv.conf");
    }

    private static List<String> ofMachine(Path resolvConf) {
        try (var lines = Files.lines(resolvConf)) {
            return lines.map(SERVER::matcher)
                    .filter(Matcher::matches)
                    .map(line -> line.group(1))
                    .filter(NameServers::isReachable)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static boolean isReachable(String address) {
        try {
            return !InetAddress.ofLiteral(address).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
