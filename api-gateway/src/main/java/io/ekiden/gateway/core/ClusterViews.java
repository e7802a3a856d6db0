package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Change;
import io.ekiden.model.Cluster;
import io.ekiden.state.ClusterImage;
import java.util.List;

/// The reads that are about the cluster and not about one app.
public final class ClusterViews {
    private static final List<String> NOTHING_LIKE_IT =
            List.of(
                    "access_control_allow_origin",
                    "decline_offer_duration",
                    "default_network_name",
                    "failover_timeout",
                    "launch_token",
                    "launch_token_refresh_interval",
                    "leader_proxy_connection_timeout_ms",
                    "leader_proxy_read_timeout_ms",
                    "local_port_max",
                    "local_port_min",
                    "master",
                    "max_instances_per_offer",
                    "mesos_bridge_name",
                    "mesos_heartbeat_failure_threshold",
                    "mesos_heartbeat_interval",
                    "mesos_leader_ui_url",
                    "mesos_user",
                    "min_revive_offers_interval",
                    "offer_matching_timeout",
                    "on_elected_prepare_timeout",
                    "reconciliation_initial_delay",
                    "reconciliation_interval",
                    "scale_apps_initial_delay",
                    "scale_apps_interval",
                    "store_cache",
                    "task_launch_confirm_timeout",
                    "task_launch_timeout",
                    "task_lost_expunge_initial_delay",
                    "task_lost_expunge_interval",
                    "task_reservation_timeout");

    private static final List<String> OF_ZOOKEEPER =
            List.of(
                    "zk",
                    "zk_compression",
                    "zk_compression_threshold",
                    "zk_connection_timeout",
                    "zk_max_node_size",
                    "zk_max_versions",
                    "zk_session_timeout",
                    "zk_timeout");

    private ClusterViews() {}

    public static Answer deployments(ApiRequest request, ClusterImage image) {
        return DeploymentJson.running(request, image);
    }

    public static Answer queue(ApiRequest request, ClusterImage image) {
        return QueueJson.queue(request, image);
    }

    public static Answer agents(ApiRequest request, ClusterImage image) {
        return AgentJson.list(request, image);
    }

    /// Answers with the agent, as far as it is emptied.
    public static Wanted drain(ApiRequest request) {
        return drain(request, true);
    }

    public static Wanted endDrain(ApiRequest request) {
        return drain(request, false);
    }

    private static Wanted drain(ApiRequest request, boolean draining) {
        return new Wanted.Write(
                new Change.DrainAgent(request.part("agent"), draining),
                false,
                (applied, _) -> AgentJson.one(request, applied.image()));
    }

    public static Answer agent(ApiRequest request, ClusterImage image) {
        return AgentJson.one(request, image);
    }

    /// Marathon's fields.
    public static Answer info(About about, ClusterImage image) {
        var info = Answer.object();
        info.put("name", about.name());
        info.put("version", about.version());
        info.put("buildref", about.version());
        info.put("elected", true);
        info.put("leader", about.authority());
        info.put("frameworkId", image.cluster().map(Cluster::id).orElse(""));
        marathonConfig(info.putObject("marathon_config"), about);
        var zooKeeper = info.putObject("zookeeper_config");
        OF_ZOOKEEPER.forEach(zooKeeper::putNull);
        var http = info.putObject("http_config");
        http.put("http_port", about.secure() ? null : about.port());
        http.put("https_port", about.secure() ? about.port() : null);
        return Answer.ok(info);
    }

    /// All that Marathon names, so that clients find it: null where Ekiden has nothing like it.
    private static void marathonConfig(ObjectNode config, About about) {
        config.put("checkpoint", true);
        config.put("env_vars_prefix", "");
        config.put("executor", "//cmd");
        config.putArray("features");
        config.put("framework_name", about.name());
        config.put("ha", true);
        config.put("hostname", about.host());
        config.put("maintenance_mode", true);
        config.put("mesos_role", "*");
        config.put("new_group_enforce_role", "off");
        config.put("webui_url", about.url() + "/ui/");
        NOTHING_LIKE_IT.forEach(config::putNull);
    }

    public static Answer leader(About about, ClusterImage image) {
        return image.cluster().isPresent()
                ? Answer.ok(Answer.object().put("leader", about.authority()))
                : Failures.notFound("There is no leader");
    }

    /// Marathon's leader would give up its place, and save or restore its state on the way. Here no
    /// gateway is special, so that there is nothing that could be done.
    public static Wanted abdicate(ApiRequest request) {
        return Bodies.refuse(Failures.noLeaderToAbdicate());
    }

    /// There are none.
    public static Answer plugins(ApiRequest request) {
        var body = Answer.object();
        body.putArray("plugins");
        return Answer.ok(body);
    }
}
