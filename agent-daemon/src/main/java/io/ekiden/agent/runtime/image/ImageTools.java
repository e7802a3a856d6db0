package io.ekiden.agent.runtime.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.agent.secrets.PullConfig.Credentials.Login;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/// The programs that bring an image to a directory: `skopeo` from its registry, `umoci` out of its
/// layers. What the machine says of registries and of signatures in `/etc/containers` holds;
/// registries on loopback need no certificate, as with Docker. An exception says in words for
/// people what was in the way.
final class ImageTools {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3})(:[0-9]+)?");
    private static final Pattern MESSAGE = Pattern.compile("msg=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern DIGEST = Pattern.compile("[a-z0-9]+:[0-9a-f]{32,128}");
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final String LAYOUT = "layout";
    private static final String TAG = "image";

    private final Duration stall;

    /// @param stall so long may a registry say nothing
    ImageTools(Duration stall) {
        this.stall = stall;
    }

    /// Whether all are there.
    static boolean there() {
        return ProgramPath.has("skopeo") && ProgramPath.has("umoci") && ProgramPath.has("runc");
    }

    /// The digest of what the registry has under this name now.
    ///
    /// @param authFile the credentials; absent: those of the agent's user
    /// @param folder for what the program itself needs
    String digest(ImageName image, Optional<Path> authFile, Path folder) throws IOException {
        var command = skopeo("inspect", image, authFile, "--tls-verify=false");
        command.addAll(List.of("--no-tags", "--format", "{{.Digest}}", source(image)));
        var digest = run(command, folder, _ -> {});
        if (!DIGEST.matcher(digest).matches()) {
            throw new IOException("its digest is '%s'".formatted(digest));
        }
        return digest;
    }

    /// Brings an image below a folder, as `rootfs` and `config.json`.
    ///
    /// @param progress told the bytes that have come
    void bring(ImageName image, Optional<Path> authFile, Path folder, LongConsumer progress)
            throws IOException {
        var copy = skopeo("copy", image, authFile, "--src-tls-verify=false");
        copy.addAll(List.of("--quiet", source(image), "oci:%s:%s".formatted(LAYOUT, TAG)));
        run(copy, folder, progress);
        run(
                List.of("umoci", "raw", "unpack", "--image", LAYOUT + ":" + TAG, "rootfs"),
                folder,
                progress);
        var layout = folder.resolve(LAYOUT);
        var index = JSON.readTree(layout.resolve("index.json").toFile());
        var manifest =
                JSON.readTree(
                        blob(layout, index.path("manifests").path(0).path("digest").asText())
                                .toFile());
        Files.copy(
                blob(layout, manifest.path("config").path("digest").asText()),
                folder.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path blob(Path layout, String digest) throws IOException {
        if (!DIGEST.matcher(digest).matches()) {
            throw new IOException("it has no manifest");
        }
        return layout.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private static String source(ImageName image) {
        return "docker://" + image.text();
    }

    private static List<String> skopeo(
            String verb, ImageName image, Optional<Path> authFile, String plain) {
        var command = new ArrayList<>(List.of("skopeo"));
        if (!hasPolicy()) {
            command.add("--insecure-policy");
        }
        command.add(verb);
        authFile.ifPresent(file -> command.addAll(List.of("--authfile", file.toString())));
        if (LOOPBACK.matcher(image.registry()).matches()) {
            command.add(plain);
        }
        return command;
    }

    private static boolean hasPolicy() {
        var own = Path.of(System.getProperty("user.home"), ".config/containers/policy.json");
        return Files.exists(own) || Files.exists(Path.of("/etc/containers/policy.json"));
    }

    /// What the programs read as Docker does.
    static String authFile(Login login) {
        var auths = JSON.createObjectNode();
        var entry = auths.putObject("auths").putObject(login.registry());
        var pair = (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
        entry.put("auth", Base64.getEncoder().encodeToString(pair));
        login.identityToken().ifPresent(token -> entry.put("identitytoken", token));
        return auths.toString();
    }

    /// Runs it in a folder until it ends, or nothing comes into the folder any more.
    private String run(List<String> command, Path folder, LongConsumer progress)
            throws IOException {
        var output = folder.resolve("output");
        var error = folder.resolve("error");
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .redirectError(error.toFile());
        builder.environment().put("TMPDIR", folder.toString());
        var process = builder.start();
        try {
            long bytes = 0;
            long changed = System.nanoTime();
            while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                long now = Sizes.of(folder);
                changed = now == bytes ? changed : System.nanoTime();
                bytes = now;
                progress.accept(bytes);
                if (System.nanoTime() - changed > stall.toNanos()) {
                    throw new IOException("nothing came for %d s".formatted(stall.toSeconds()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(lastWords(Files.readString(error), command.getFirst()));
        }
        return Files.readString(output).strip();
    }

    /// Of the form `time=… level=fatal msg="…"`.
    static String lastWords(String errors, String program) {
        var last = errors.lines().filter(line -> !line.isBlank()).reduce((_, line) -> line);
        return last.map(
                        line -> {
                            var message = MESSAGE.matcher(line);
                            return message.find() ? message.group(1).replace("\\\"", "\"") : line;
                        })
                .orElse(program + " failed");
    }
}
