package io.ekiden.gateway.http;

import static io.ekiden.gateway.http.Route.adjust;
import static io.ekiden.gateway.http.Route.exec;
import static io.ekiden.gateway.http.Route.forward;
import static io.ekiden.gateway.http.Route.glance;
import static io.ekiden.gateway.http.Route.keep;
import static io.ekiden.gateway.http.Route.order;
import static io.ekiden.gateway.http.Route.read;
import static io.ekiden.gateway.http.Route.search;
import static io.ekiden.gateway.http.Route.serve;
import static io.ekiden.gateway.http.Route.submit;
import static io.ekiden.gateway.http.Route.tell;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.ekiden.gateway.core.ServiceViews;
import io.ekiden.gateway.core.Subscriptions;
import io.ekiden.gateway.core.TaskChanges;
import io.ekiden.gateway.core.TaskPlaces;
import io.ekiden.gateway.core.TaskViews;
import io.ekiden.gateway.core.access.Needs;
import java.util.List;

/// Every route in one list. Whatever is not here is answered with 404; of several lines that fit a
/// path the first decides.
final class ApiRouter {
    private ApiRouter() {}

    static Routes routes(
            About about,
            JsonNode config,
            Health health,
            EventStreams events,
            Audit audit,
            Logging logging,
            SecretApi secrets,
            UiFiles ui) {
        var openApi = OpenApi.document(about.version());
        return new Routes(
                List.of(
                        read("/v2/apps", Needs.user(), AppViews::list),
                        submit("POST", "/v2/apps", Needs.deployer(), AppChanges::create),
                        submit("PUT", "/v2/apps", Needs.deployer(), AppChanges::putAll),
                        submit("PATCH", "/v2/apps", Needs.deployer(), AppChanges::patchAll),
                        read("/v2/apps/*", Needs.glimpse(), AppViews::group),
                        read("/v2/apps/*/tasks", Needs.glimpse(), TaskViews::ofGroup),
                        read("/v2/apps/{id...}/*", Needs.glimpse(), AppViews::group),
                        read("/v2/apps/{id...}/*/tasks", Needs.glimpse(), TaskViews::ofGroup),
                        read("/v2/apps/{id...}/tasks", Needs.view(), TaskViews::ofApp),
                        order(
                                "DELETE",
                                "/v2/apps/{id...}/tasks",
                                Needs.deploy(),
                                TaskChanges::killOfApp),
                        order(
                                "DELETE",
                                "/v2/apps/{id...}/tasks/{task}",
                                Needs.deploy(),
                                TaskChanges::killOne),
                        order(
                                "POST",
                                "/v2/apps/{id...}/restart",
                                Needs.deploy(),
                                AppChanges::restart),
                        order(
                                "DELETE",
                                "/v2/apps/{id...}/restart",
                                Needs.deploy(),
                                AppChanges::deleteNamedRestart),
                        read("/v2/apps/{id...}/versions", Needs.view(), AppViews::versions),
                        read(
                                "/v2/apps/{id...}/versions/{version}",
                                Needs.view(),
                                AppViews::version),
                        read("/v2/apps/{id...}", Needs.view(), AppViews::one),
                        submit("PUT", "/v2/apps/{id...}", Needs.deploy(), AppChanges::putOne),
                        submit("PATCH", "/v2/apps/{id...}", Needs.deploy(), AppChanges::patchOne),
                        order("DELETE", "/v2/apps/{id...}", Needs.deploy(), AppChanges::delete),
                        read("/v2/pods", Needs.user(), PodViews::list),
                        submit("POST", "/v2/pods", Needs.deployer(), PodChanges::create),
                        read("/v2/pods/::status", Needs.user(), PodViews::statuses),
                        read("/v2/pods/{id...}::status", Needs.view(), PodViews::status),
                        read("/v2/pods/{id...}::versions", Needs.view(), PodViews::versions),
                        read(
                                "/v2/pods/{id...}::versions/{version}",
                                Needs.view(),
                                PodViews::version),
                        submit(
                                "DELETE",
                                "/v2/pods/{id...}::instances",
                                Needs.deploy(),
                                PodChanges::killMany),
                        order(
                                "DELETE",
                                "/v2/pods/{id...}::instances/{instance}",
                                Needs.deploy(),
                                PodChanges::killOne),
                        read("/v2/pods/{id...}", Needs.view(), PodViews::one),
                        submit("PUT", "/v2/pods/{id...}", Needs.deploy(), PodChanges::update),
                        order("DELETE", "/v2/pods/{id...}", Needs.deploy(), PodChanges::delete),
                        read("/v2/tasks", Needs.user(), TaskViews::all),
                        submit("POST", "/v2/tasks/delete", Needs.deployer(), TaskChanges::killMany),
                        read("/v2/tasks/ended", Needs.user(), TaskPlaces::ended),
                        forward(
                                "/v2/tasks/{task}/files/browse",
                                Needs.viewTask(),
                                TaskPlaces::of,
                                "files/browse"),
                        forward(
                                "/v2/tasks/{task}/files/read",
                                Needs.viewTask(),
                                TaskPlaces::of,
                                "files/read"),
                        forward(
                                "/v2/tasks/{task}/files/download",
                                Needs.viewTask(),
                                TaskPlaces::of,
                                "files/download"),
                        forward(
                                "/v2/tasks/{task}/logs/stdout",
                                Needs.viewTask(),
                                TaskPlaces::of,
                                "logs/stdout"),
                        forward(
                                "/v2/tasks/{task}/logs/stderr",
                                Needs.viewTask(),
                                TaskPlaces::of,
                                "logs/stderr"),
                        forward(
                                "/v2/tasks/{task}/usage",
                                Needs.viewTask(),
                                TaskPlaces::of,
                                "usage"),
                        exec("/v2/tasks/{task}/exec", Needs.exec(), TaskPlaces::of),
                        read("/v2/queue", Needs.user(), ClusterViews::queue),
                        order(
                                "DELETE",
                                "/v2/queue/{id...}/delay",
                                Needs.deploy(),
                                AppChanges::resetDelay),
                        read("/v2/services", Needs.user(), ServiceViews::page),
                        read("/v2/groups", Needs.glimpse(), GroupViews::one),
                        submit("POST", "/v2/groups", Needs.deployer(), GroupChanges::create),
                        submit("PUT", "/v2/groups", Needs.deployer(), GroupChanges::update),
                        order("DELETE", "/v2/groups", Needs.deploy(), GroupChanges::delete),
                        read("/v2/groups/apps", Needs.glimpse(), GroupViews::apps),
                        read("/v2/groups/versions", Needs.view(), GroupViews::versions),
                        read("/v2/groups/versions/{version}", Needs.view(), GroupViews::version),
                        read("/v2/groups/{id...}/apps", Needs.glimpse(), GroupViews::apps),
                        read("/v2/groups/{id...}/versions", Needs.view(), GroupViews::versions),
                        read(
                                "/v2/groups/{id...}/versions/{version}",
                                Needs.view(),
                                GroupViews::version),
                        read("/v2/groups/{id...}", Needs.glimpse(), GroupViews::one),
                        submit("POST", "/v2/groups/{id...}", Needs.deploy(), GroupChanges::create),
                        submit("PUT", "/v2/groups/{id...}", Needs.deploy(), GroupChanges::update),
                        submit(
                                "PATCH",
                                "/v2/groups/{id...}",
                                Needs.deploy(),
                                GroupChanges::enforceRole),
                        order("DELETE", "/v2/groups/{id...}", Needs.deploy(), GroupChanges::delete),
                        read("/v2/deployments", Needs.user(), ClusterViews::deployments),
                        order(
                                "DELETE",
                                "/v2/deployments/{deployment}",
                                Needs.deployer(),
                                DeploymentOrders::cancel),
                        order(
                                "POST",
                                "/v2/deployments/{deployment}/pause",
                                Needs.deployer(),
                                DeploymentOrders::pause),
                        order(
                                "POST",
                                "/v2/deployments/{deployment}/resume",
                                Needs.deployer(),
                                DeploymentOrders::resume),
                        order(
                                "POST",
                                "/v2/deployments/{deployment}/promote",
                                Needs.deployer(),
                                DeploymentOrders::promote),
                        read("/v2/agents", Needs.user(), ClusterViews::agents),
                        read("/v2/agents/{agent}", Needs.user(), ClusterViews::agent),
                        order(
                                "POST",
                                "/v2/agents/{agent}/drain",
                                Needs.operate(),
                                ClusterViews::drain),
                        order(
                                "DELETE",
                                "/v2/agents/{agent}/drain",
                                Needs.operate(),
                                ClusterViews::endDrain),
                        glance(
                                "/v2/info",
                                Needs.user(),
                                (_, image) -> ClusterViews.info(about, image)),
                        glance(
                                "/v2/leader",
                                Needs.user(),
                                (_, image) -> ClusterViews.leader(about, image)),
                        order("DELETE", "/v2/leader", Needs.operate(), ClusterViews::abdicate),
                        tell("/v2/plugins", Needs.user(), ClusterViews::plugins),
                        serve("/v2/events", Needs.user(), events::attach),
                        read("/v2/eventSubscriptions", Needs.operate(), Subscriptions::list),
                        order(
                                "POST",
                                "/v2/eventSubscriptions",
                                Needs.operate(),
                                Subscriptions::subscribe),
                        order(
                                "DELETE",
                                "/v2/eventSubscriptions",
                                Needs.operate(),
                                Subscriptions::unsubscribe),
                        search("/v2/audit", Needs.user(), audit::search),
                        search("/v2/secrets", Needs.user(), secrets::list),
                        keep("PUT", "/v2/secrets/{id...}", Needs.writeSecret(), true, secrets::put),
                        keep(
                                "DELETE",
                                "/v2/secrets/{id...}",
                                Needs.writeSecret(),
                                false,
                                secrets::delete),
                        tell("/ping", Needs.nothing(), health::ping),
                        tell("/metrics", Needs.user(), health::metrics),
                        tell("/metrics/prometheus", Needs.user(), health::prometheus),
                        tell("/config", Needs.viewCluster(), _ -> Answer.ok(config)),
                        tell("/logging", Needs.operate(), logging::levels),
                        adjust("/logging", Needs.operate(), logging::change),
                        tell("/openapi.json", Needs.nothing(), _ -> Answer.ok(openApi)),
                        tell("/", Needs.nothing(), _ -> redirectToUi()),
                        serve("/ui", Needs.nothing(), ui::serve),
                        serve("/ui/{path...}", Needs.nothing(), ui::serve)));
    }

    private static Answer redirectToUi() {
        return Answer.empty(302).with("Location", "/ui/");
    }
}
