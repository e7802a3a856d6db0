package io.ekiden.gateway;

import io.ekiden.gateway.users.JwtSettings;
import io.ekiden.process.Option;
import io.ekiden.process.Options;
import io.ekiden.process.ServiceProcess;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A gateway as a process of its own; `--help` tells its options, [ServiceProcess] how it ends.
public final class GatewayMain {
    private static final Option PORT = Option.of("port", "8080", "Marathon's API and the UI");
    private static final Option ALLOWED_HOSTS =
            Option.of(
                    "allowed-hosts",
                    "",
                    "names by which clients call it, separated by commas; * for any");

    private static final Option TOKEN_FILE =
            Option.of(
                    "token-file",
                    "users and the hashes of their tokens; without it, all are let in");
    private static final Option JWT_KEYS =
            Option.of("jwt-keys", "public keys of an issuer of JSON Web Tokens: a JWK set or PEM");
    private static final Option JWT_ISSUER = Option.of("jwt-issuer", "what their iss must be");
    private static final Option JWT_AUDIENCE =
            Option.of("jwt-audience", "what their aud must have");
    private static final Option JWT_CLAIM =
            Option.of(
                    "jwt-claim",
                    JwtSettings.CLAIM,
                    "their claim with grants such as deployer:/team-a; a name or a JSON pointer");
    private static final Option SECRETS_KEY_FILE =
            Option.of(
                    "secrets-key-file",
                    "keys of 32 bytes in Base64, one a line, for secrets; without it, none");
    private static final Option TLS_CERT =
            Option.of("tls-cert", "certificate chain in PEM; with it, HTTPS");
    private static final Option TLS_KEY = Option.of("tls-key", "the certificate's key in PEM");

    private static final List<Option> OPTIONS =
            List.of(
                    Option.BOOTSTRAP_SERVERS,
                    Option.TOPIC_PREFIX,
                    Option.BIND,
                    PORT,
                    ALLOWED_HOSTS,
                    Option.AGENT_TOKEN_FILE,
                    SECRETS_KEY_FILE,
                    TOKEN_FILE,
                    JWT_KEYS,
                    JWT_ISSUER,
                    JWT_AUDIENCE,
                    JWT_CLAIM,
                    TLS_CERT,
                    TLS_KEY,
                    Option.INSECURE);

    private GatewayMain() {}

    public static void main(String[] args) {
        ServiceProcess.run("gateway", OPTIONS, args, options -> new Gateway(config(options)));
    }

    private record Gateway(GatewayConfig config, GatewayServer server)
            implements ServiceProcess.Service {
        Gateway(GatewayConfig config) {
            this(config, new GatewayServer(config));
        }

        @Override
        public void start() throws IOException {
            try {
                server.start();
            } catch (BindException e) {
                throw new IOException(
                        "%s:%d: %s".formatted(config.host(), config.port(), e.getMessage()), e);
            }
        }

        /// It says why it cannot serve.
        @Override
        public boolean answersWithoutKafka() {
            return true;
        }

        @Override
        public void close() {
            server.close();
        }
    }

    static GatewayConfig config(Options options) {
        var security = security(options);
        var version =
                Optional.ofNullable(GatewayMain.class.getPackage().getImplementationVersion());
        return GatewayConfig.of(
                        options.bootstrapServers(),
                        options.topics(),
                        security.isComplete() ? options.text(Option.BIND) : options.bind(),
                        options.port(PORT),
                        version.orElse("dev"))
                .withAllowedHosts(
                        Arrays.stream(options.text(ALLOWED_HOSTS).split(",", -1))
                                .map(String::strip)
                                .filter(name -> !name.isEmpty())
                                .collect(Collectors.toSet()))
                .withAgentToken(options.secret(Option.AGENT_TOKEN_FILE))
                .withSecretsKeyFile(options.find(SECRETS_KEY_FILE).map(Path::of))
                .withSecurity(security)
                .withInsecure(options.isSet(Option.INSECURE))
                .withKafka(options.kafka());
    }

    private static Security security(Options options) {
        return new Security(
                        options.find(TOKEN_FILE).map(Path::of),
                        Security.Tls.of(options.find(TLS_CERT), options.find(TLS_KEY)),
                        Optional.empty())
                .withJwt(
                        JwtSettings.of(
                                options.find(JWT_KEYS),
                                options.find(JWT_ISSUER),
                                options.find(JWT_AUDIENCE),
                                options.find(JWT_CLAIM)));
    }

    static List<Option> options() {
        return OPTIONS;
    }
}
