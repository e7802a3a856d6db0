package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.Given;
import io.ekiden.gateway.Http;
import io.ekiden.gateway.core.TaskPlaces.Place;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.EndedTask;
import io.ekiden.model.InstanceId;
import io.ekiden.model.TaskId;
import io.ekiden.state.ClusterImage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TaskPlacesTest {
    private static final App APP = Given.app("/shop/web");
    private static final String ADDRESS = "http://10.0.0.1:4711";

    private static ClusterImage image() {
        var image =
                Given.image(
                        APP,
                        Given.agent("a1", Optional.of(ADDRESS)),
                        Given.agent("silent", Optional.empty()),
                        Given.running(APP, 1),
                        Given.instance(APP, 2, Condition.SCHEDULED));
        image.put(ended(3, "a1", 10));
        image.put(ended(4, "silent", 20));
        image.put(ended(5, "gone", 30));
        return image;
    }

    private static TaskId task(int n) {
        return InstanceId.of(APP.id(), "0000-" + n).task(1);
    }

    private static EndedTask ended(int n, String agent, int second) {
        return new EndedTask(
                task(n),
                APP.id(),
                agent,
                "host-" + agent,
                Condition.FAILED,
                "exit status 1",
                Given.NOON,
                Optional.of(Given.NOON),
                Optional.empty(),
                Given.NOON.plusSeconds(second));
    }

    private static Place place(String task) {
        return TaskPlaces.of(Ask.of(Map.of("task", task), "*/*"), image());
    }

    private static String refusal(TaskId task, int status) {
        assertThat(place(task.value())).isInstanceOf(Place.Nowhere.class);
        var answer = ((Place.Nowhere) place(task.value())).refusal();
        assertThat(answer.status()).isEqualTo(status);
        return Ask.json(answer).path("message").asText();
    }

    @Test
    void aTaskThatRunsIsAtItsAgent() {
        assertThat(place(task(1).value()))
                .isEqualTo(new Place.At(task(1), "a1", "host-a1", ADDRESS));
    }

    @Test
    void aTaskThatEndedIsWhereItRan() {
        assertThat(place(task(3).value()))
                .isEqualTo(new Place.At(task(3), "a1", "host-a1", ADDRESS));
    }

    @Test
    void whatIsKnownOfOtherTasksIsSaid() {
        assertThat(refusal(task(2), 404)).isEqualTo("Task '%s' does not exist".formatted(task(2)));
        assertThat(refusal(task(9), 404)).isEqualTo("Task '%s' does not exist".formatted(task(9)));
        assertThat(refusal(task(4), 503)).startsWith("Agent 'silent' serves no files");
        assertThat(refusal(task(5), 404)).contains("agent 'gone', which is no more");
        assertThat(refusal(new TaskId("../../x"), 404)).isEqualTo("Task '../../x' does not exist");
    }

    @Test
    void endedTasksAreListedTheNewestFirst() {
        var all = TaskPlaces.ended(Ask.of("/"), image());
        var ofOther = TaskPlaces.ended(Ask.of("/", "appId=/other"), image());

        var tasks = Ask.json(all).path("tasks");
        assertThat(tasks.findValuesAsText("taskId"))
                .containsExactly(task(5).value(), task(4).value(), task(3).value());
        assertThat(tasks.get(2))
                .isEqualTo(
                        Http.parse(
                                """
                                {"taskId": "%s", "appId": "/shop/web", "host": "host-a1",
                                 "slaveId": "a1", "state": "TASK_FAILED",
                                 "message": "exit status 1",
                                 "version": "2026-11-23T12:00:00.000Z",
                                 "stagedAt": "2026-11-23T12:00:00.000Z",
                                 "endedAt": "2026-11-23T12:00:10.000Z"}
                                """
                                        .formatted(task(3))));
        assertThat(Ask.json(ofOther).path("tasks")).isEmpty();
    }
}
