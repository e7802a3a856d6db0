package io.ekiden.e2e;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// This machine's Chromium, without a screen. Collects what a page must not do: dialogs, errors,
/// breaches of its policy.
final class Browser implements AutoCloseable {
    static final String PROGRAM = "chromium|google-chrome";

    private static final List<String> QUIET =
            List.of(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync");
    private static final int WIDE = 1280;
    private static final int NARROW = 420;
    private static final int HEIGHT = 800;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    static Browser start() {
        var playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        return new Browser(
                playwright,
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(program())
                                        .setHeadless(true)
                                        .setArgs(QUIET)));
    }

    private static Path program() {
        return Arrays.stream(PROGRAM.split("\\|", -1))
                .flatMap(name ->
                        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                                .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    /// A new page of usual width.
    Page open(String url) {
        BrowserContext context =
                browser.newContext(
                        new com.microsoft.playwright.Browser.NewContextOptions()
                                .setViewportSize(WIDE, HEIGHT)
                                .setAcceptDownloads(true));
        var page = context.newPage();
        page.onDialog(dialog -> {
            complaints.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        page.onPageError(error -> complaints.add("error: " + error));
        page.onConsoleMessage(this::note);
        page.navigate(url);
        return page;
    }

    private void note(ConsoleMessage message) {
        // A read that was refused is shown on the page, and is no fault of the page.
        boolean refused = message.text().startsWith("Failed to load resource");
        if (message.type().equals("error") && !refused) {
            complaints.add("console: " + message.text());
        }
    }

    /// What pages did that they must not.
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /// Pictures of the page as it is, in both widths and both schemes, to be looked at.
    static void photograph(Page page, String name) {
        for (var width : List.of(NARROW, WIDE)) {
            for (var scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                page.setViewportSize(width, HEIGHT);
                var file =
                        "%s-%d-%s.png"
                                .formatted(name, width, scheme.name().toLowerCase(Locale.ROOT));
                page.screenshot(
                        new Page.ScreenshotOptions()
                                .setPath(
                                        Launcher.ROOT
                                                .resolve("e2e/target/screenshots")
                                                .resolve(file))
                                .setFullPage(true));
            }
        }
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
