package io.ekiden.gateway.http;

import static io.ekiden.gateway.http.Route.forward;
import static io.ekiden.gateway.http.Route.glance;
import static io.ekiden.gateway.http.Route.order;
import static io.ekiden.gateway.http.Route.read;
import static io.ekiden.gateway.http.Route.serve;
import static io.ekiden.gateway.http.Route.submit;
import static io.ekiden.gateway.http.Route.tell;

import io.ekiden.gateway.core.About;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.AppChanges;
import io.ekiden.gateway.core.AppViews;
import io.ekiden.gateway.core.ClusterViews;
import io.ekiden.gateway.core.DeploymentOrders;
import io.ekiden.gateway.core.GroupChanges;
import io.ekiden.gateway.core.GroupViews;
import io.ekiden.gateway.core.PodChanges;
import io.ekiden.gateway.core.PodViews;
import io.ekiden.gateway.core.TaskChanges;
import io.ekiden.gateway.core.TaskPlaces;
import io.ekiden.gateway.core.TaskViews;
import java.util.List;

/// Every route in one list. Whatever is not here is answered with 404; of several lines that fit a
/// path the first decides.
final class ApiRouter {
    private ApiRouter() {}

    static Routes routes(About about, Health health, EventStreams events, UiFiles ui) {
        return new Routes(
                List.of(
                        read("/v2/apps", AppViews::list),
                        submit("POST", "/v2/apps", AppChanges::create),
                        submit("PUT", "/v2/apps", AppChanges::putAll),
                        submit("PATCH", "/v2/apps", AppChanges::patchAll),
                        read("/v2/apps/*", AppViews::group),
                        read("/v2/apps/*/tasks", TaskViews::ofGroup),
                        read("/v2/apps/{id...}/*", AppViews::group),
                        read("/v2/apps/{id...}/*/tasks", TaskViews::ofGroup),
                        read("/v2/apps/{id...}/tasks", TaskViews::ofApp),
                        order("DELETE", "/v2/apps/{id...}/tasks", TaskChanges::killOfApp),
                        order("DELETE", "/v2/apps/{id...}/tasks/{task}", TaskChanges::killOne),
                        order("POST", "/v2/apps/{id...}/restart", AppChanges::restart),
                        order("DELETE", "/v2/apps/{id...}/restart", AppChanges::deleteNamedRestart),
                        read("/v2/apps/{id...}/versions", AppViews::versions),
                        read("/v2/apps/{id...}/versions/{version}", AppViews::version),
                        read("/v2/apps/{id...}", AppViews::one),
                        submit("PUT", "/v2/apps/{id...}", AppChanges::putOne),
                        submit("PATCH", "/v2/apps/{id...}", AppChanges::patchOne),
                        order("DELETE", "/v2/apps/{id...}", AppChanges::delete),
                        read("/v2/pods", PodViews::list),
                        submit("POST", "/v2/pods", PodChanges::create),
                        read("/v2/pods/::status", PodViews::statuses),
                        read("/v2/pods/{id...}::status", PodViews::status),
                        read("/v2/pods/{id...}::versions", PodViews::versions),
                        read("/v2/pods/{id...}::versions/{version}", PodViews::version),
                        submit("DELETE", "/v2/pods/{id...}::instances", PodChanges::killMany),
                        order(
                                "DELETE",
                                "/v2/pods/{id...}::instances/{instance}",
                                PodChanges::killOne),
                        read("/v2/pods/{id...}", PodViews::one),
                        submit("PUT", "/v2/pods/{id...}", PodChanges::update),
                        order("DELETE", "/v2/pods/{id...}", PodChanges::delete),
                        read("/v2/tasks", TaskViews::all),
                        submit("POST", "/v2/tasks/delete", TaskChanges::killMany),
                        read("/v2/tasks/ended", TaskPlaces::ended),
                        forward("/v2/tasks/{task}/files/browse", TaskPlaces::of, "files/browse"),
                        forward("/v2/tasks/{task}/files/read", TaskPlaces::of, "files/read"),
                        forward(
                                "/v2/tasks/{task}/files/download",
                                TaskPlaces::of,
                                "files/download"),
                        forward("/v2/tasks/{task}/logs/stdout", TaskPlaces::of, "logs/stdout"),
                        forward("/v2/tasks/{task}/logs/stderr", TaskPlaces::of, "logs/stderr"),
                        read("/v2/queue", ClusterViews::queue),
                        order("DELETE", "/v2/queue/{id...}/delay", AppChanges::resetDelay),
                        read("/v2/groups", GroupViews::one),
                        submit("POST", "/v2/groups", GroupChanges::create),
                        submit("PUT", "/v2/groups", GroupChanges::update),
                        order("DELETE", "/v2/groups", GroupChanges::delete),
                        read("/v2/groups/apps", GroupViews::apps),
                        read("/v2/groups/versions", GroupViews::versions),
                        read("/v2/groups/versions/{version}", GroupViews::version),
                        read("/v2/groups/{id...}/apps", GroupViews::apps),
                        read("/v2/groups/{id...}/versions", GroupViews::versions),
                        read("/v2/groups/{id...}/versions/{version}", GroupViews::version),
                        read("/v2/groups/{id...}", GroupViews::one),
                        submit("POST", "/v2/groups/{id...}", GroupChanges::create),
                        submit("PUT", "/v2/groups/{id...}", GroupChanges::update),
                        submit("PATCH", "/v2/groups/{id...}", GroupChanges::enforceRole),
                        order("DELETE", "/v2/groups/{id...}", GroupChanges::delete),
                        read("/v2/deployments", ClusterViews::deployments),
                        order("DELETE", "/v2/deployments/{deployment}", DeploymentOrders::cancel),
                        order(
                                "POST",
                                "/v2/deployments/{deployment}/pause",
                                DeploymentOrders::pause),
                        order(
                                "POST",
                                "/v2/deployments/{deployment}/resume",
                                DeploymentOrders::resume),
                        order(
                                "POST",
                                "/v2/deployments/{deployment}/promote",
                                DeploymentOrders::promote),
                        read("/v2/agents", ClusterViews::agents),
                        read("/v2/agents/{agent}", ClusterViews::agent),
                        order("POST", "/v2/agents/{agent}/drain", ClusterViews::drain),
                        order("DELETE", "/v2/agents/{agent}/drain", ClusterViews::endDrain),
                        glance("/v2/info", (_, image) -> ClusterViews.info(about, image)),
                        glance("/v2/leader", (_, image) -> ClusterViews.leader(about, image)),
                        serve("/v2/events", events::attach),
                        tell("/ping", health::ping),
                        tell("/metrics", health::metrics),
                        tell("/metrics/prometheus", health::prometheus),
                        tell("/", _ -> redirectToUi()),
                        serve("/ui", ui::serve),
                        serve("/ui/{path...}", ui::serve)));
    }

    private static Answer redirectToUi() {
        return Answer.empty(302).with("Location", "/ui/");
    }
}
