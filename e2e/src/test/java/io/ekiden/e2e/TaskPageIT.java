package io.ekiden.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.ekiden.testkit.NeedsProgram;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a user does who wants to know what a task does: in a real browser, from the list of apps to
/// the task's log and its files.
@NeedsProgram(Browser.PROGRAM)
final class TaskPageIT extends EkidenTest {
    /// What programs print and no page must run or be confused by.
    private static final String HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>";

    private static final Pattern LINE = Pattern.compile("line ([0-9]+)");

    private RunningEkiden ekiden;
    private Browser browser;

    @BeforeEach
    void start() throws Exception {
        ekiden = up();
        browser = Browser.start();
    }

    @AfterEach
    void nothingForbiddenHappened() {
        var complaints = browser.complaints();
        browser.close();
        assertThat(complaints).isEmpty();
    }

    /// Writes the date once to its volume, as the course's demo does, then a line each 200 ms.
    private void deploy() {
        var command =
                "[ -e data/date ] || date > data/date; mkdir -p 'a <b>'; touch 'a <b>/empty';"
                        + " ln -s /etc outside; echo '"
                        + HOSTILE
                        + "'; printf '\\\\033[31mred\\\\033[0m\\\\033]0;title\\\\007\\\\n';"
                        + " echo oh >&2; i=0; while [ ! -e stop ]; do i=$((i+1)); echo line $i; sleep 0.2; done; exit 3";
        var answer =
                ekiden.put(
                        "/v2/apps/shop/printer",
                        """
                        {"id": "/shop/printer", "cmd": "%s", "cpus": 0.05, "mem": 16,
                         "portDefinitions": [], "container": {"type": "MESOS", "volumes": [
                           {"containerPath": "data", "mode": "RW", "persistent": {"size": 1}}]}}
                        """
                                .formatted(command));
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/shop/printer").path("tasksRunning").asInt() == 1);
    }

    private static Locator link(Page page, String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private String taskId() {
        return ekiden.tasks("/shop/printer").getFirst().path("id").asText();
    }

    private static int lastLine(Page page) {
        var lines = LINE.matcher(page.locator("task-log pre").innerText());
        int last = 0;
        while (lines.find()) {
            last = Integer.parseInt(lines.group(1));
        }
        return last;
    }

    @Test
    void fromTheAppToTheLogThatGoesOnAndTheFileInTheVolume() throws Exception {
        deploy();
        var task = taskId();
        var page = browser.open(ekiden.ui());
        page.locator("td.name a").click();
        assertThat(page.locator(".tasks .id")).hasText(task);
        Browser.photograph(page, "app");
        link(page, task).click();
        assertThat(page.locator(".task-head")).containsText("running");
        assertThat(page.locator("dl").first()).containsText("127.0.0.1");
        var usage = page.locator("task-usage");
        assertThat(usage).containsText(Pattern.compile("CPU\\s+[0-9.]+ of 0\\.05"));
        assertThat(usage).containsText(Pattern.compile("Disk\\s+[0-9]+ KiB"));
        Browser.photograph(page, "task-details");

        link(page, "Logs").click();
        var log = page.locator("task-log pre");
        assertThat(log).containsText(HOSTILE);
        assertThat(log).containsText("\nred\n");
        int seen = lastLine(page);
        await().atMost(RunningEkiden.PATIENCE).until(() -> lastLine(page) > seen);
        Browser.photograph(page, "task-logs");
        link(page, "stderr").click();
        assertThat(log).hasText("oh\n");

        link(page, "Files").click();
        assertThat(page.locator("task-files tbody .name"))
                .hasText(new String[] {"a <b>", "data", "outside", "stderr", "stdout"});
        Browser.photograph(page, "task-files");
        link(page, "data").click();
        link(page, "date").click();
        var date = ekiden.get("/v2/tasks/" + task + "/files/download?path=data/date").text();
        assertThat(date).isNotBlank();
        assertThat(page.locator("task-files pre")).hasText(date);
        Browser.photograph(page, "task-file");

        link(page, "sandbox").click();
        link(page, "a <b>").click();
        link(page, "empty").click();
        assertThat(page.locator("task-files")).containsText("The file is empty.");
        page.goBack();
        assertThat(page.locator("task-files tbody .name")).hasText(new String[] {"empty"});
        var download = page.waitForDownload(() -> link(page, "Download empty").click());
        assertThat(download.suggestedFilename()).isEqualTo("empty");
    }

    @Test
    void aLogScrollsAlongUntilItsReaderScrollsUp() {
        deploy();
        var page = browser.open(ekiden.ui() + "#/tasks/" + taskId() + "?tab=logs");
        await().atMost(RunningEkiden.PATIENCE).until(() -> lastLine(page) > 40);
        assertThat(atEnd(page)).isTrue();

        page.locator("task-log pre").evaluate("log => { log.scrollTop = 0; }");
        assertThat(page.getByText("without scrolling along")).isVisible();
        int seen = lastLine(page);
        await().atMost(RunningEkiden.PATIENCE).until(() -> lastLine(page) > seen);
        assertThat(page.locator("task-log pre").evaluate("log => log.scrollTop")).isEqualTo(0);
        Browser.photograph(page, "task-logs-scrolled-up");

        page.getByText("Jump to the newest").click();
        await().until(() -> atEnd(page));
        assertThat(page.getByText("Jump to the newest")).isHidden();
    }

    private static boolean atEnd(Page page) {
        return (Boolean)
                page.locator("task-log pre")
                        .evaluate(
                                "log => log.scrollHeight - log.scrollTop - log.clientHeight < 32");
    }

    @Test
    void aTaskThatEndedIsFoundUnderCompletedWithItsLogAndFiles() throws Exception {
        deploy();
        var task = taskId();
        var page = browser.open(ekiden.ui() + "#/tasks/" + task + "?tab=logs");
        await().atMost(RunningEkiden.PATIENCE).until(() -> lastLine(page) > 1);

        Files.createFile(
                ekiden.data().resolve("agents/agent-1/sandboxes").resolve(task).resolve("stop"));

        assertThat(page.getByText("The task has ended.")).isVisible();
        int last = lastLine(page);
        assertThat(page.locator(".task-head")).containsText("failed");
        link(page, "Details").click();
        assertThat(page.locator(".message")).containsText("status 3");
        Browser.photograph(page, "ended-details");
        link(page, "/shop/printer").click();
        assertThat(page.getByText("Completed")).isVisible();
        Browser.photograph(page, "app-completed");
        link(page, task).click();
        link(page, "Logs").click();
        await().atMost(RunningEkiden.PATIENCE).until(() -> lastLine(page) == last);
        link(page, "Files").click();
        link(page, "data").click();
        assertThat(page.locator("task-files tbody .name")).hasText(new String[] {"date"});
    }

    @Test
    void aPodIsListedWithItsContainersAndTheirLogs() {
        var answer =
                ekiden.post(
                        "/v2/pods",
                        """
                        {"id": "/site", "containers": [
                          {"name": "writer", "resources": {"cpus": 0.05, "mem": 16},
                           "exec": {"command": {"shell": "echo the writer writes; exec sleep 1000"}}},
                          {"name": "idle", "resources": {"cpus": 0.05, "mem": 16},
                           "exec": {"command": {"shell": "exec sleep 1000"}}}]}
                        """);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        var page = browser.open(ekiden.ui());
        assertThat(page.locator("#pods")).containsText("Stable");
        assertThat(page.locator("#pods .container td:first-child"))
                .hasText(new String[] {"writer", "idle"});
        assertThat(page.locator("main")).not().containsText("No apps yet");
        Browser.photograph(page, "pods");

        link(page, "writer").click();
        assertThat(page.locator(".task-head")).containsText("running");
        assertThat(page.locator(".crumbs")).containsText("/site");
        link(page, "Logs").click();
        assertThat(page.locator("task-log pre")).hasText("the writer writes\n");
    }

    @Test
    void whatCannotBeReadIsSaidWithItsReason() {
        var page =
                browser.open(
                        ekiden.ui()
                                + "#/tasks/shop_none.instance-1._app.1?tab=files&path=a%2F..%2Fb");

        assertThat(page.locator("task-files"))
                .containsText("Task 'shop_none.instance-1._app.1' does not exist");
        assertThat(page.locator("main")).containsText("No such task is known");
        Browser.photograph(page, "unknown-files");
        link(page, "Logs").click();
        assertThat(page.locator("task-log"))
                .containsText("Task 'shop_none.instance-1._app.1' does not exist");
    }
}
