package io.ekiden.agent.runtime.docker;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.AuthConfig;
import io.ekiden.agent.runtime.image.ImageName;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/// Debian's registry on loopback, which engines trust without certificates.
public final class Registry implements AutoCloseable {
    public static final String USER = "somebody";
    public static final String PASSWORD = "secret";
    private static final String HASH =
            "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

    private final Process process;
    private final int port;
    private final boolean locked;

    /// @param locked for all but one user
    public Registry(Path dir, boolean locked) {
        this.port = TestBroker.freePort();
        this.locked = locked;
        try {
            var users = Files.writeString(dir.resolve("users"), USER + ":" + HASH + "\n");
            var settings =
                    """
                    version: 0.1
                    storage:
                      filesystem:
                        rootdirectory: %s
                    http:
                      addr: 127.0.0.1:%d
                    """
                            .formatted(dir.resolve("images"), port);
            var lock =
                    """
                    auth:
                      htpasswd:
                        realm: here
                        path: %s
                    """
                            .formatted(users);
            var file =
                    Files.writeString(
                            dir.resolve("registry.yml"), locked ? settings + lock : settings);
            process =
                    new ProcessBuilder("docker-registry", "serve", file.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(dir.resolve("registry.log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(this::answers);
    }

    private boolean answers() throws IOException {
        var url = URI.create("http://127.0.0.1:%d/v2/".formatted(port)).toURL();
        int status = ((HttpURLConnection) url.openConnection()).getResponseCode();
        return status == (locked ? HttpURLConnection.HTTP_UNAUTHORIZED : HttpURLConnection.HTTP_OK);
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    public String image(String name) {
        return address() + "/" + name;
    }

    /// Docker's `config.json` of the user who is let in.
    public String login(String password) {
        var pair = (USER + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                .formatted(address(), Base64.getEncoder().encodeToString(pair));
    }

    /// Puts an image of an OCI layout here.
    public void offer(Path layout, String tag, String image) {
        run(
                "skopeo",
                "copy",
                "--dest-tls-verify=false",
                "--dest-creds",
                USER + ":" + PASSWORD,
                "oci:%s:%s".formatted(layout, tag),
                "docker://" + image);
    }

    private static void run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Makes an image with these lines, puts it here and removes it from the machine.
    void offer(DockerClient docker, String image, String... lines) {
        TestImage.make(docker, image, lines);
        var name = ImageName.of(image);
        try {
            docker.pushImageCmd(name.repository())
                    .withTag(name.tag())
                    .withAuthConfig(
                            new AuthConfig()
                                    .withUsername(USER)
                                    .withPassword(PASSWORD)
                                    .withRegistryAddress(address()))
                    .exec(new ResultCallback.Adapter<>())
                    .awaitCompletion();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        docker.removeImageCmd(image).withForce(true).exec();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
