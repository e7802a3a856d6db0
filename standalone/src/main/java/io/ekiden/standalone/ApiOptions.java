package io.ekiden.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Which Ekiden a command speaks to: the one that runs here, or another by its address.
final class ApiOptions {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".ekiden",
            scope = ScopeType.INHERIT,
            description = "Of the Ekiden that runs here (default: ./.ekiden).")
    private Path dataDir;

    @Option(
            names = "--api",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Of one that runs elsewhere, such as https://ekiden.example.com:8443.")
    private Optional<String> api;

    @Option(
            names = "--tls-cert",
            paramLabel = "F",
            scope = ScopeType.INHERIT,
            description = "The API's certificate in PEM, if this machine does not trust it.")
    private Optional<Path> certificate;

    /// What is asked of it.
    interface Call<T> {
        T of(Api ekiden) throws CommandFailure, IOException, InterruptedException;
    }

    <T> T ask(Call<T> call) throws CommandFailure, InterruptedException {
        var url = url();
        try (var ekiden = new Api(url, UpCommand.token(), certificate)) {
            return call.of(ekiden);
        } catch (IOException | IllegalArgumentException e) {
            throw CommandFailure.failed("%s cannot be asked: %s".formatted(url, e));
        }
    }

    private String url() throws CommandFailure {
        if (api.isPresent()) {
            return api.get().replaceAll("/+$", "");
        }
        var directory = DataDirectory.of(dataDir);
        return directory
                .instance()
                .filter(instance -> instance.process().isPresent())
                .map(Instance::api)
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "nothing runs in %s; --data-dir or --api says where"
                                        .formatted(directory.path())));
    }
}
