package io.ekiden.gateway;

import io.ekiden.log.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gateway as a process of its own: `--bootstrap-servers HOST:PORT [--topic-prefix ekiden.]
/// [--bind 127.0.0.1] [--port 8080] [--allowed-hosts NAME,…] [--agent-token-file FILE]
/// [--insecure]`. The token, whose file `EKIDEN_AGENT_TOKEN_FILE` may name as well, is the one that
/// the agents have. Exit codes: 1 failed, 2 usage, 3 address not bound.
public final class GatewayMain {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);
    private static final Set<String> OPTIONS =
            Set.of(
                    "--bootstrap-servers",
                    "--topic-prefix",
                    "--bind",
                    "--port",
                    "--allowed-hosts",
                    "--agent-token-file");

    private GatewayMain() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) {
        GatewayConfig config;
        try {
            config = config(args);
        } catch (IllegalArgumentException e) {
            LOG.error("usage={}", e.getMessage());
            return 2;
        }
        var server = new GatewayServer(config);
        var stop = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            stop.countDown();
                            server.close();
                        }));
        try {
            server.start();
            stop.await();
            return 0;
        } catch (IOException e) {
            LOG.error("gateway=failed why={}", e.getMessage());
            return 3;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    static GatewayConfig config(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            if (OPTIONS.contains(args.get(i)) && i + 1 < args.size()) {
                i++;
            } else if (!args.get(i).equals("--insecure")) {
                throw new IllegalArgumentException("unknown option " + args.get(i));
            }
        }
        var kafka =
                option(args, "--bootstrap-servers")
                        .orElseThrow(() ->
                                new IllegalArgumentException("--bootstrap-servers is needed"));
        var topics = new Topics(option(args, "--topic-prefix").orElse(Topics.DEFAULT_PREFIX));
        var host = option(args, "--bind").orElse("127.0.0.1");
        int port = Integer.parseInt(option(args, "--port").orElse("8080"));
        var names = option(args, "--allowed-hosts").orElse("");
        var version =
                Optional.ofNullable(GatewayMain.class.getPackage().getImplementationVersion());
        return GatewayConfig.of(kafka, topics, host, port, version.orElse("dev"))
                .withAllowedHosts(
                        Set.copyOf(
                                Arrays.stream(names.split(",", -1))
                                        .filter(name -> !name.isBlank())
                                        .toList()))
                .withAgentToken(agentToken(args))
                .withInsecure(args.contains("--insecure"));
    }

    private static Optional<String> agentToken(List<String> args) {
        return option(args, "--agent-token-file")
                .or(() -> Optional.ofNullable(System.getenv("EKIDEN_AGENT_TOKEN_FILE")))
                .map(GatewayMain::token);
    }

    private static String token(String file) {
        try {
            var token = Files.readString(Path.of(file)).strip();
            if (token.isEmpty()) {
                throw new IllegalArgumentException(
                        "the agent token's file %s is empty".formatted(file));
            }
            return token;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the agent token's file %s cannot be read: %s".formatted(file, e), e);
        }
    }

    private static Optional<String> option(List<String> args, String name) {
        int at = args.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(args.get(at + 1));
    }
}
