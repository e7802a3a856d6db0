package io.ekiden.simulator.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A JVM of its own with the same class path: another salt of the JDK's immutable collections,
/// other identity hashes, and whatever locale and time zone it is given.
public final class OtherJvm {
    /// Turkish: its lower case of `I` is not `i`; Nepal: 45 minutes off the hour.
    public static final List<String> ELSEWHERE =
            List.of(
                    "-Duser.language=tr",
                    "-Duser.country=TR",
                    "-Duser.timezone=Asia/Kathmandu",
                    "-Dfile.encoding=ISO-8859-1");

    private OtherJvm() {}

    /// Its error output is this JVM's.
    public static Process start(List<String> options, String mainClass, String... arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
