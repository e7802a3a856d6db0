package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Change;
import io.ekiden.model.Cluster;
import io.ekiden.state.ClusterImage;

/// The reads that are about the cluster and not about one app.
public final class ClusterViews {
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

    /// Marathon's fields, as far as there is something to say.
    public static Answer info(About about, ClusterImage image) {
        var info = Answer.object();
        info.put("name", about.name());
        info.put("version", about.version());
        info.put("buildref", about.version());
        info.put("elected", true);
        info.put("leader", about.authority());
        info.put("frameworkId", image.cluster().map(Cluster::id).orElse(""));
        marathonConfig(info.putObject("marathon_config"), about);
        info.putObject("zookeeper_config");
        var http = info.putObject("http_config");
        http.put("http_port", about.secure() ? null : about.port());
        http.put("https_port", about.secure() ? about.port() : null);
        return Answer.ok(info);
    }

    private static void marathonConfig(ObjectNode config, About about) {
        config.put("framework_name", about.name());
        config.put("hostname", about.host());
        config.put("webui_url", about.url() + "/ui/");
        config.put("ha", true);
        config.put("checkpoint", true);
        config.put("mesos_role", "*");
        config.putArray("features");
    }

    public static Answer leader(About about, ClusterImage image) {
        return image.cluster().isPresent()
                ? Answer.ok(Answer.object().put("leader", about.authority()))
                : Failures.notFound("There is no leader");
    }
}
