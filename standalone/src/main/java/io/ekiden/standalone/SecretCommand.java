package io.ekiden.standalone;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.model.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ekiden secret`: sets, lists and removes the secrets of a running Ekiden over its API. A value
/// comes from a file or from stdin and never from the command line, which everybody on the machine
/// can see.
@Command(
        name = "secret",
        description = "Set, list and remove the secrets of a running Ekiden.",
        mixinStandardHelpOptions = true,
        versionProvider = StandaloneMain.Version.class)
final class SecretCommand {
    private static final String SECRETS = "/v2/secrets";

    /// The API takes 256 KiB; what is longer it refuses in its own words.
    private static final int MAX_VALUE = (256 << 10) + 1;

    @Mixin private ApiOptions ekiden;

    private final Terminal terminal;
    private final InputStream stdin;

    SecretCommand(Terminal terminal, InputStream stdin) {
        this.terminal = terminal;
        this.stdin = stdin;
    }

    @Command(
            name = "set",
            description = "Set a secret to the bytes of a file, or of stdin.",
            mixinStandardHelpOptions = true)
    int set(
            @Parameters(paramLabel = "PATH", description = "Such as team-a/db.") String path,
            @Option(names = "--file", paramLabel = "F", description = "Without it, stdin.")
                    Optional<Path> file)
            throws CommandFailure, IOException, InterruptedException {
        var value = Base64.getEncoder().encodeToString(value(file));
        var body = JsonNodeFactory.instance.objectNode().put("base64", value);
        ask(api -> api.put(at(path), body));
        terminal.say("set " + path);
        return ExitCode.ENDED_AS_ASKED;
    }

    private byte[] value(Optional<Path> file) throws CommandFailure, IOException {
        if (file.isEmpty()) {
            return stdin.readNBytes(MAX_VALUE);
        }
        try (var in = Files.newInputStream(file.get())) {
            return in.readNBytes(MAX_VALUE);
        } catch (IOException e) {
            throw CommandFailure.usage("%s cannot be read".formatted(file.get()));
        }
    }

    @Command(
            name = "list",
            description = "One line for each secret that you may know of: path, when set, by whom.",
            mixinStandardHelpOptions = true)
    int list() throws CommandFailure, InterruptedException {
        for (var secret : ask(api -> api.get(SECRETS)).body().path("secrets")) {
            terminal.result(
                    "%s %s %s"
                            .formatted(
                                    secret.path("path").asText(),
                                    secret.path("time").asText(),
                                    secret.path("by").asText()));
        }
        return ExitCode.ENDED_AS_ASKED;
    }

    @Command(
            name = "remove",
            description = "Remove a secret; tasks that run keep what they have.",
            mixinStandardHelpOptions = true)
    int remove(@Parameters(paramLabel = "PATH") String path)
            throws CommandFailure, InterruptedException {
        ask(api -> api.delete(at(path)));
        terminal.say("removed " + path);
        return ExitCode.ENDED_AS_ASKED;
    }

    private static String at(String path) throws CommandFailure {
        if (!Secrets.isPath(path)) {
            throw CommandFailure.usage("'%s' is no path such as team-a/db".formatted(path));
        }
        return SECRETS + "/" + path;
    }

    private Api.Answer ask(ApiOptions.Call<Api.Answer> call)
            throws CommandFailure, InterruptedException {
        var answer = ekiden.ask(call);
        if (!answer.ok()) {
            throw CommandFailure.failed(answer.problem());
        }
        return answer;
    }
}
