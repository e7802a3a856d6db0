package io.ekiden.agent.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The text that a task's first shell evaluates: set the environment, say so, become the command.
/// Every value is quoted, so nothing in it is ever read by this shell; the only text that a shell
/// interprets is the documented `cmd`, and that as the task's user.
final class LaunchScript {
    private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /// Names to which shells give a meaning or which they do not let be set.
    private static final Set<String> SHELL_OWN =
            Set.of(
                    "OPTIND",
                    "OPTARG",
                    "OPTERR",
                    "UID",
                    "EUID",
                    "PPID",
                    "GROUPS",
                    "SHELLOPTS",
                    "BASHOPTS",
                    "BASHPID",
                    "LINENO",
                    "RANDOM",
                    "SECONDS",
                    "FUNCNAME",
                    "DIRSTACK",
                    "SRANDOM",
                    "HISTCMD",
                    "EPOCHSECONDS",
                    "EPOCHREALTIME",
                    "COMP_WORDBREAKS",
                    "_",
                    "POSIXLY_CORRECT",
                    "IFS",
                    "PWD",
                    "OLDPWD",
                    "SHLVL",
                    "EKIDEN_ENV");

    private LaunchScript() {}

    /// @param announce whether to say so on descriptor 4 right before the command takes over
    static String of(Map<String, String> environment, List<String> command, boolean announce) {
        var exported = new StringBuilder();
        var others = new ArrayList<String>();
        environment.forEach((name, value) -> {
            if (SHELL_NAME.matcher(name).matches()
                    && !SHELL_OWN.contains(name)
                    && !name.startsWith("BASH_")) {
                exported.append("export %s=%s\n".formatted(name, quoted(value)));
            } else {
                others.add(quoted(name + "=" + value));
            }
        });
        // Before the task's own PATH is set.
        var script =
                new StringBuilder(others.isEmpty() ? "" : "EKIDEN_ENV=$(command -v env)\n")
                        .append(exported);
        if (announce) {
            script.append("echo running >&4\nexec 3<&- 4>&-\n");
        }
        script.append("exec ");
        if (!others.isEmpty()) {
            script.append("\"$EKIDEN_ENV\" ").append(String.join(" ", others)).append(' ');
        }
        return script.append(String.join(" ", command.stream().map(LaunchScript::quoted).toList()))
                .append('\n')
                .toString();
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
