package io.ekiden.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A page of the guide as a reader follows it: the files that it shows and the commands that it
/// gives, each with what it should print.
///
/// A block marked `json NAME` (or python, yaml) is a file of that name. In a block marked
/// `console`, a line that begins with `$ ` is a command, and the lines up to the next are its
/// output: `…` stands for any text in a line, a line that is `…` alone for any lines.
record GuidePage(Path path, List<Step> steps) {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "(?ms)^```((json|python|yaml) (?<file>\\S+)|console)\\n(?<text>.*?)^```$");

    /// One thing that the reader does.
    sealed interface Step {
        record File(String name, String content) implements Step {}

        record Command(String line, List<String> output) implements Step {
            public Command {
                output = List.copyOf(output);
            }

            /// Whether it only looks, so that it can be given again until it shows what it should.
            boolean looks() {
                return !line.contains("./ekiden")
                        && !line.matches(".* -X *(PUT|POST|PATCH|DELETE).*");
            }

            boolean prints(String text) {
                return pattern().matcher(text.strip()).matches();
            }

            private Pattern pattern() {
                var regex = new StringBuilder();
                for (var expected : output) {
                    var line =
                            expected.strip().equals("…")
                                    ? "(?s:.*?)"
                                    : Pattern.quote(expected.stripTrailing())
                                            .replace("…", "\\E.*?\\Q");
                    regex.append(regex.isEmpty() ? "" : "\\s*\\n").append(line);
                }
                return Pattern.compile(output.isEmpty() ? "(?s:.*)" : regex.toString());
            }
        }
    }

    GuidePage {
        steps = List.copyOf(steps);
    }

    static GuidePage read(Path path) throws IOException {
        var steps = new ArrayList<Step>();
        var blocks = BLOCK.matcher(Files.readString(path));
        while (blocks.find()) {
            var file = blocks.group("file");
            if (file != null) {
                steps.add(new Step.File(file, blocks.group("text")));
            } else {
                steps.addAll(commands(blocks.group("text")));
            }
        }
        return new GuidePage(path, steps);
    }

    private static List<Step> commands(String text) {
        var commands = new ArrayList<Step>();
        String command = null;
        var output = new ArrayList<String>();
        for (var line : text.lines().toList()) {
            if (line.startsWith("$ ")) {
                if (command != null) {
                    commands.add(new Step.Command(command, output));
                }
                command = line.substring(2);
                output.clear();
            } else if (command != null) {
                output.add(line);
            }
        }
        if (command != null) {
            commands.add(new Step.Command(command, output));
        }
        return commands;
    }

    @Override
    public String toString() {
        return path.getFileName().toString();
    }
}
