package io.ekiden.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {
    private final Routes routes = EveryRoute.routes();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET    | /v2/apps                          | /v2/apps                               | {}
                    GET    | //v2//apps/                       | /v2/apps                               | {}
                    GET    | /v2/apps/a                        | /v2/apps/{id...}                       | {id=a}
                    GET    | /v2/apps//a/b/c/                  | /v2/apps/{id...}                       | {id=a/b/c}
                    GET    | /v2/apps/a/b/tasks                | /v2/apps/{id...}/tasks                 | {id=a/b}
                    GET    | /v2/apps/tasks                    | /v2/apps/{id...}                       | {id=tasks}
                    GET    | /v2/apps/tasks/tasks              | /v2/apps/{id...}/tasks                 | {id=tasks}
                    DELETE | /v2/apps/a/b/tasks/t.1            | /v2/apps/{id...}/tasks/{task}          | {id=a/b, task=t.1}
                    POST   | /v2/apps/a/restart                | /v2/apps/{id...}/restart               | {id=a}
                    DELETE | /v2/apps/a/restart                | /v2/apps/{id...}/restart               | {id=a}
                    GET    | /v2/apps/a/versions               | /v2/apps/{id...}/versions              | {id=a}
                    GET    | /v2/apps/a/versions/2020          | /v2/apps/{id...}/versions/{version}    | {id=a, version=2020}
                    GET    | /v2/apps/*                        | /v2/apps/*                             | {}
                    GET    | /v2/apps/g/h/*                    | /v2/apps/{id...}/*                     | {id=g/h}
                    GET    | /v2/apps/g/*/tasks                | /v2/apps/{id...}/*/tasks               | {id=g}
                    HEAD   | /v2/apps/a                        | /v2/apps/{id...}                       | {id=a}
                    DELETE | /v2/queue/g/a/delay               | /v2/queue/{id...}/delay                | {id=g/a}
                    GET    | /v2/agents/a1                     | /v2/agents/{agent}                     | {agent=a1}
                    GET    | /v2/tasks/t.1/files/browse        | /v2/tasks/{task}/files/browse          | {task=t.1}
                    GET    | /v2/tasks/t.1/logs/stderr         | /v2/tasks/{task}/logs/stderr           | {task=t.1}
                    HEAD   | /v2/pods                          | /v2/pods                               | {}
                    GET    | /v2/pods/a/b                      | /v2/pods/{id...}                       | {id=a/b}
                    GET    | /v2/pods/::status                 | /v2/pods/::status                      | {}
                    GET    | /v2/pods/a/b::status              | /v2/pods/{id...}::status               | {id=a/b}
                    GET    | /v2/pods/a/b::versions            | /v2/pods/{id...}::versions             | {id=a/b}
                    GET    | /v2/pods/a/b::versions/2020       | /v2/pods/{id...}::versions/{version}   | {id=a/b, version=2020}
                    DELETE | /v2/pods/a/b::instances           | /v2/pods/{id...}::instances            | {id=a/b}
                    DELETE | /v2/pods/a/b::instances/b.i-1     | /v2/pods/{id...}::instances/{instance} | {id=a/b, instance=b.i-1}
                    PUT    | /v2/pods/a                        | /v2/pods/{id...}                       | {id=a}
                    GET    | /v2/tasks/ended                   | /v2/tasks/ended                        | {}
                    GET    | /ui/webjars/x/y.js                | /ui/{path...}                          | {path=webjars/x/y.js}
                    """)
    void aPathFindsItsRoute(String method, String path, String pattern, String values) {
        var found = routes.find(method, PathPattern.split(path));

        assertThat(found)
                .isInstanceOfSatisfying(
                        Routes.Found.Match.class,
                        match -> {
                            assertThat(match.route().path().text()).isEqualTo(pattern);
                            assertThat(new TreeMap<>(match.values()).toString()).isEqualTo(values);
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    POST   | /v2/apps/a           | [GET, HEAD, PUT, PATCH, DELETE, OPTIONS]
                    PUT    | /v2/apps/a/restart   | [POST, DELETE, OPTIONS]
                    GET    | /v2/apps/a/tasks/t   | [DELETE, OPTIONS]
                    DELETE | /ping                | [GET, HEAD, OPTIONS]
                    """)
    void anotherMethodIsToldWhichThereAre(String method, String path, String allowed) {
        assertThat(routes.find(method, PathPattern.split(path)))
                .isInstanceOfSatisfying(
                        Routes.Found.OtherMethods.class,
                        others -> assertThat(others.allowed().toString()).isEqualTo(allowed));
    }

    @Test
    void whatIsNotListedDoesNotExist() {
        for (var path :
                new String[] {
                    "/v2", "/v2/nothing", "/v1/apps", "/v2/queue/delay", "/x", "/v2/tasks/t/logs/x"
                }) {
            assertThat(routes.find("GET", PathPattern.split(path)))
                    .isInstanceOf(Routes.Found.Nothing.class);
        }
    }
}
