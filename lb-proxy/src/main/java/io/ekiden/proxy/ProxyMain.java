package io.ekiden.proxy;

import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The load balancer as a process of its own, told by its environment: `EKIDEN_KAFKA`,
/// `EKIDEN_TOPIC_PREFIX`, `EKIDEN_PROXY_ID`, `EKIDEN_HOSTNAME`, `EKIDEN_BIND`, `EKIDEN_LB_PORT`,
/// `EKIDEN_ADMIN_PORT`, `EKIDEN_SERVICE_PORTS` (such as `10000-10100`), `EKIDEN_PROXY_THREADS`, and
/// `EKIDEN_KAFKA_<SETTING>` for any setting of the Kafka clients (`_` for `.`). SIGTERM ends it in
/// order. Exit code 2: an option that makes no sense, 1: it could not start.
public final class ProxyMain {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyMain.class);
    private static final String KAFKA_SETTING = "EKIDEN_KAFKA_";

    private ProxyMain() {}

    public static void main(String[] args) {
        try {
            run(config(System.getenv()));
        } catch (IllegalArgumentException e) {
            LOG.error("reason={}", Texts.reason(e));
            System.exit(2);
        }
    }

    private static void run(ProxyConfig config) {
        var proxy = new ProxyServer(config);
        Runtime.getRuntime().addShutdownHook(new Thread(proxy::close, "proxy-shutdown"));
        proxy.start()
                .onFailure(failure -> {
                    LOG.error("proxy not started reason={}", Texts.reason(failure));
                    new Thread(() -> System.exit(1), "proxy-exit").start();
                });
    }

    static ProxyConfig config(Map<String, String> env) {
        var host = Optional.ofNullable(env.get("EKIDEN_HOSTNAME")).orElseGet(ProxyMain::hostname);
        return new ProxyConfig(
                env.getOrDefault("EKIDEN_KAFKA", "127.0.0.1:9092"),
                new Topics(env.getOrDefault("EKIDEN_TOPIC_PREFIX", Topics.DEFAULT_PREFIX)),
                env.getOrDefault("EKIDEN_PROXY_ID", "proxy-" + host),
                host,
                env.getOrDefault("EKIDEN_BIND", "127.0.0.1"),
                number(env, "EKIDEN_LB_PORT", 9080),
                number(env, "EKIDEN_ADMIN_PORT", 9090),
                ports(env.getOrDefault("EKIDEN_SERVICE_PORTS", "10000-10100")),
                number(env, "EKIDEN_PROXY_THREADS", 0),
                ProxyConfig.Timeouts.DEFAULT,
                kafka(env));
    }

    private static int number(Map<String, String> env, String name, int otherwise) {
        var value = env.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= 0 && number <= 65_535) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is not a number: " + value, e);
        }
        throw new IllegalArgumentException(name + " is not within 0..65535: " + value);
    }

    private static PortRange ports(String value) {
        var ends = value.split("-", -1);
        try {
            var range = new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
            if (ends.length == 2
                    && range.begin() > 0
                    && range.size() > 0
                    && range.end() <= 65_535) {
                return range;
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("EKIDEN_SERVICE_PORTS is no range: " + value, e);
        }
        throw new IllegalArgumentException("EKIDEN_SERVICE_PORTS is no range: " + value);
    }

    private static Map<String, String> kafka(Map<String, String> env) {
        var settings = new HashMap<String, String>();
        env.forEach((name, value) -> {
            if (name.startsWith(KAFKA_SETTING)) {
                var setting = name.substring(KAFKA_SETTING.length());
                settings.put(setting.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return settings;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
