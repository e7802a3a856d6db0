package io.ekiden.gateway.http;

import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;

/// What is to be done when a request has been answered and when it is over, in the order of last
/// things first. With an answer both are one; but a WebSocket goes on after its answer, and the
/// server tells nobody of its end but the WebSocket.
final class Course {
    private static final String KEY = "course";

    private final Deque<Runnable> answered = new ArrayDeque<>();
    private final Deque<Runnable> over = new ArrayDeque<>();

    private Course() {}

    static Course of(RoutingContext http) {
        Course course = http.get(KEY);
        if (course == null) {
            var made = new Course();
            http.put(KEY, made);
            http.addEndHandler(_ -> made.over());
            return made;
        }
        return course;
    }

    void whenAnswered(Runnable then) {
        answered.push(then);
    }

    void whenOver(Runnable then) {
        over.push(then);
    }

    /// The connection has become a WebSocket.
    void answered() {
        run(answered);
    }

    void over() {
        run(answered);
        run(over);
    }

    /// Each once.
    private static void run(Deque<Runnable> todo) {
        while (!todo.isEmpty()) {
            todo.pop().run();
        }
    }
}
