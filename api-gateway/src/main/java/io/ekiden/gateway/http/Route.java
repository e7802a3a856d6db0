package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.TaskPlaces;
import io.ekiden.gateway.core.Wanted;
import io.ekiden.gateway.core.access.Needs;
import io.ekiden.state.ClusterImage;
import io.vertx.ext.web.RoutingContext;

/// One line of the table of routes.
///
/// @param needs what its caller must have been granted
record Route(String method, PathPattern path, Needs needs, Action action) {

    /// How a request is served.
    sealed interface Action {
        /// From the newest committed state.
        record Read(View view) implements Action {}

        /// From the last known state, which may be old: for what must be told during an outage.
        record Glance(View view) implements Action {}

        /// By the planner.
        ///
        /// @param json whether the request has a body
        record Write(boolean json, Command command) implements Action {}

        /// From the log, which takes its time.
        record Search(Telling search) implements Action {}

        /// Without the state.
        record Tell(Telling telling) implements Action {}

        /// By this process, which is changed as the request's JSON says.
        record Adjust(Telling telling) implements Action {}

        /// By a store of this gateway's, which takes its time. What is sent is never repeated.
        ///
        /// @param json whether the request has a body
        record Keep(boolean json, Telling telling) implements Action {}

        /// By the agent of the task that the path names.
        ///
        /// @param path on the agent, behind the task's own
        record Forward(Locating place, String path) implements Action {}

        /// By the agent of the task that the path names, with a WebSocket.
        record Exec(Locating place) implements Action {}

        /// By a handler that answers itself.
        record Serve(Handler handler) implements Action {}
    }

    interface View {
        Answer of(ApiRequest request, ClusterImage image);
    }

    interface Command {
        Wanted of(ApiRequest request);
    }

    interface Telling {
        Answer of(ApiRequest request);
    }

    interface Locating {
        TaskPlaces.Place of(ApiRequest request, ClusterImage image);
    }

    interface Handler {
        void handle(RoutingContext http, ApiRequest request);
    }

    static Route read(String path, Needs needs, View view) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Read(view));
    }

    static Route glance(String path, Needs needs, View view) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Glance(view));
    }

    static Route tell(String path, Needs needs, Telling telling) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Tell(telling));
    }

    static Route search(String path, Needs needs, Telling search) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Search(search));
    }

    static Route serve(String path, Needs needs, Handler handler) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Serve(handler));
    }

    static Route forward(String path, Needs needs, Locating place, String agentPath) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Forward(place, agentPath));
    }

    static Route exec(String path, Needs needs, Locating place) {
        return new Route("GET", PathPattern.of(path), needs, new Action.Exec(place));
    }

    static Route adjust(String path, Needs needs, Telling telling) {
        return new Route("POST", PathPattern.of(path), needs, new Action.Adjust(telling));
    }

    static Route keep(String method, String path, Needs needs, boolean json, Telling telling) {
        return new Route(method, PathPattern.of(path), needs, new Action.Keep(json, telling));
    }

    /// A mutation without a body.
    static Route order(String method, String path, Needs needs, Command command) {
        return new Route(method, PathPattern.of(path), needs, new Action.Write(false, command));
    }

    /// A mutation with a JSON body.
    static Route submit(String method, String path, Needs needs, Command command) {
        return new Route(method, PathPattern.of(path), needs, new Action.Write(true, command));
    }

    boolean takesJson() {
        return action instanceof Action.Adjust
                || (action instanceof Action.Write(var json, var _) && json)
                || (action instanceof Action.Keep(var body, var _) && body);
    }

    /// Whether an answer may go on for ever, so that it does not count among the requests in
    /// flight.
    boolean streams() {
        return action instanceof Action.Serve
                || action instanceof Action.Forward
                || action instanceof Action.Exec;
    }

    /// Whether it changes something of which the journal has nothing: of this gateway's, or, by a
    /// command, of a task's.
    boolean isOwn() {
        return action instanceof Action.Adjust
                || action instanceof Action.Keep
                || action instanceof Action.Exec;
    }

    boolean mutates() {
        return action instanceof Action.Write || isOwn();
    }
}
