package io.ekiden.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An Ekiden that asks who calls, from making the tokens to what each user sees in a browser.
@NeedsProgram(Browser.PROGRAM)
final class SignInIT extends EkidenTest {
    private String token(String user, String... rights) throws Exception {
        var command = new ArrayList<>(List.of("token", "add", user));
        command.addAll(List.of(rights));
        command.addAll(List.of("--file", directory.resolve("tokens").toString()));
        return Launcher.run(directory, command).results().getFirst();
    }

    private RunningEkiden deployed() throws Exception {
        for (var team : List.of("a", "b")) {
            Files.writeString(
                    directory.resolve(team + ".json"),
                    """
                    {"id": "/team-%s/printer", "cmd": "echo hello; echo kept > file; sleep 1000",
                     "cpus": 0.05, "mem": 16, "portDefinitions": []}\
                    """
                            .formatted(team));
        }
        return up(
                "--token-file",
                directory.resolve("tokens").toString(),
                directory.resolve("a.json").toString(),
                directory.resolve("b.json").toString());
    }

    @Test
    void theUiAsksForATokenAndShowsWhatItsUserMaySee() throws Exception {
        var ann = token("ann", "--role", "viewer", "--path", "/team-a");
        var ekiden = deployed();
        await().atMost(RunningEkiden.PATIENCE).until(() -> ekiden.launcher().results().size() == 3);

        assertThat(ekiden.get("/v2/apps").status()).isEqualTo(401);
        assertThat(Files.readString(directory.resolve("data/log/ekiden.log")))
                .contains("gateway=started")
                .doesNotContain(ann);
        try (var browser = Browser.start()) {
            var page = browser.open(ekiden.ui());
            var field = page.getByLabel("Your token");
            assertThat(field).isVisible();

            field.fill("ekt_wrong");
            page.keyboard().press("Enter");
            assertThat(page.getByText("not known (any more)")).isVisible();
            field.fill(ann);
            page.keyboard().press("Enter");

            assertThat(page.getByRole(AriaRole.STATUS)).hasText("live");
            assertThat(page.locator("body")).containsText("/team-a/printer");
            assertThat(page.locator("body")).not().containsText("team-b");
            Browser.photograph(page, "signed-in");

            page.reload();
            assertThat(page.locator("body")).containsText("/team-a/printer");
            download(page, ekiden);

            page.getByRole(AriaRole.BUTTON, link("Sign out")).click();
            assertThat(field).isVisible();
            assertThat(page.locator("body")).not().containsText("/team-a/printer");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static Page.GetByRoleOptions link(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    /// A link cannot say who asks, and yet a file can be had.
    private void download(Page page, RunningEkiden ekiden) throws Exception {
        page.navigate(ekiden.ui() + "#/tasks/" + task(ekiden) + "?tab=files");
        var link = page.getByRole(AriaRole.LINK, link("Download file"));
        var file = page.waitForDownload(link::click);
        assertThat(file.suggestedFilename()).isEqualTo("file");
        assertThat(Files.readString(file.path())).isEqualTo("kept\n");
    }

    private static String task(RunningEkiden ekiden) throws IOException {
        try (var sandboxes = Files.list(ekiden.data().resolve("agents/agent-1/sandboxes"))) {
            return sandboxes
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> name.startsWith("team-a_printer."))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
