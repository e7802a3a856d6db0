package io.ekiden.agent.runtime.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Commands in the container of a task in an image, in the task's environment and as its user; to
/// be run where its supervisor's namespaces have been entered.
public final class ContainerCommand {
    /// Runs it, and when its program has ended kills what that has left, by a variable that all of
    /// it has: else runc would wait for whoever has its output open.
    ///
    /// What runc could not begin has a shell's status, not runc's own.
    private static final String UNTIL_ITS_END =
            """
            mark=$1 file=$2
            shift 2
            exec 3<&0
            "$@" <&3 3<&- & runc=$!
            exec 3<&- < /dev/null
            while kill -0 $runc 2> /dev/null && [ ! -s "$file" ]; do sleep 0.02; done
            pid=$(cat "$file" 2> /dev/null)
            while [ -n "$pid" ] && [ -d "/proc/$pid" ]; do sleep 0.05; done
            rm -f "$file"
            for left in /proc/[0-9]*; do
                left=${left#/proc/}
                case $left in $$ | $runc) continue ;; esac
                grep -qa "$mark" "/proc/$left/environ" 2> /dev/null && kill -s KILL "$left" 2> /dev/null
            done
            wait $runc
            status=$?
            [ -n "$pid" ] || [ $status -ne 255 ] || status=127
            exit $status
            """;

    private ContainerCommand() {}

    /// A line whose output nobody reads. Whom it leaves has nothing open for which runc would wait.
    public static List<String> check(Path folder, String line) {
        var quiet = "exec /bin/sh -c \"$0\" < /dev/null > /dev/null 2>&1";
        return exec(
                folder,
                List.of(),
                Collections.emptySortedMap(),
                List.of("/bin/sh", "-c", quiet, line));
    }

    /// @param environment in addition
    /// @param name of a variable
    /// @param mark its value, which no other command has
    public static List<String> of(
            Path folder,
            boolean terminal,
            SortedMap<String, String> environment,
            String name,
            String mark,
            List<String> command) {
        var all = new TreeMap<>(environment);
        all.put(name, mark);
        if (terminal) {
            return exec(folder, List.of("--tty"), all, command);
        }
        var file = ImageLauncher.bundle(folder).resolve("exec-" + mark).toString();
        var watched = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_ITS_END, "sh"));
        watched.addAll(List.of(name + "=" + mark, file));
        watched.addAll(exec(folder, List.of("--pid-file", file), all, command));
        return watched;
    }

    private static List<String> exec(
            Path folder,
            List<String> options,
            SortedMap<String, String> environment,
            List<String> command) {
        var state = ImageLauncher.bundle(folder).resolve("state").toString();
        var all = new ArrayList<>(List.of("runc", "--root", state, "exec"));
        all.addAll(options);
        environment.forEach((name, value) -> all.addAll(List.of("--env", name + "=" + value)));
        all.add("task");
        all.addAll(command);
        return all;
    }
}
