package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.GatewayConfig;
import io.ekiden.gateway.core.Answer;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/// `/config`: the settings that this gateway runs with. Secrets are only said to be there, and so
/// are settings of Kafka of which it is not known that they are none.
final class ConfigJson {
    private static final String HIDDEN = "(hidden)";

    private ConfigJson() {}

    static ObjectNode of(GatewayConfig config) {
        var json = Answer.object();
        json.put("name", config.name());
        json.put("version", config.version());
        json.put("bind", config.host());
        json.put("port", config.port());
        json.put("bootstrap-servers", config.bootstrapServers());
        json.put("topic-prefix", config.topics().prefix());
        var hosts = json.putArray("allowed-hosts");
        config.allowedHosts().stream().sorted().forEach(hosts::add);
        json.put("insecure", config.insecure());
        config.agentToken().ifPresent(_ -> json.put("agent-token", HIDDEN));
        config.secretsKeyFile().ifPresent(file -> json.put("secrets-key-file", file.toString()));
        config.security().tokenFile().ifPresent(file -> json.put("token-file", file.toString()));
        config.security()
                .tls()
                .ifPresent(tls ->
                        json.put("tls-cert", tls.certificate().toString())
                                .put("tls-key", tls.key().toString()));
        config.security()
                .jwt()
                .ifPresent(jwt ->
                        json.put("jwt-keys", jwt.keys().toString())
                                .put("jwt-issuer", jwt.issuer())
                                .put("jwt-audience", jwt.audience())
                                .put("jwt-claim", jwt.claim()));
        json.set("limits", limits(config.limits()));
        json.set("kafka", kafka(config.kafka()));
        return json;
    }

    private static ObjectNode limits(GatewayConfig.Limits limits) {
        return Answer.object()
                .put("write-ms", limits.write().toMillis())
                .put("read-ms", limits.read().toMillis())
                .put("requests", limits.requests())
                .put("body-bytes", limits.bodyBytes())
                .put("streams", limits.streams())
                .put("outstanding-events", limits.outstandingEvents())
                .put("heartbeat-ms", limits.heartbeat().toMillis())
                .put("idle-ms", limits.idle().toMillis())
                .put("requests-each", limits.requestsEach())
                .put("streams-each", limits.streamsEach());
    }

    private static ObjectNode kafka(Map<String, String> settings) {
        var known = ProducerConfig.configDef().configKeys();
        var json = Answer.object();
        new TreeMap<>(settings)
                .forEach((name, value) -> {
                    var key = known.get(name);
                    boolean open = key != null && key.type != ConfigDef.Type.PASSWORD;
                    json.put(name, open ? value : HIDDEN);
                });
        return json;
    }
}
