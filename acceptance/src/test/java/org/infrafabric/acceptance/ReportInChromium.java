package org.infrafabric.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.infrafabric.testkit.Await;
import tools.jackson.databind.JsonNode;

/** A report opened from the disk in a real browser. */
final class ReportInChromium {
    private ReportInChromium() {}

    /** By mouse, by keyboard, and on the picture of the sound; and nothing is fetched, nothing complained about. */
    static void playsFromItsMoments(Path report, JsonNode firstAnswer, JsonNode opened) throws Exception {
        try (Playwright playwright = DashboardTest.playwright(); Browser browser = DashboardTest.chromium(playwright)) {
            Page page = browser.newPage();
            List<String> complaints = new CopyOnWriteArrayList<>(), fetched = new CopyOnWriteArrayList<>();
            page.onConsoleMessage(
                    message -> { if (message.type().equals("error") || message.type().equals("warning")) complaints.add(message.text()); });
            page.onPageError(complaints::add);
            page.onRequest(request -> {
                if (!request.url().startsWith("data:") && !request.url().equals(report.toUri().toString())) fetched.add(request.url());
            });
            page.navigate(report.toUri().toString());

            double at = Duration.between(time(firstAnswer), time(opened)).toMillis() / 1_000.0;
            Locator row = page.locator(".line li", new Page.LocatorOptions().setHasText("council opened"));
            holds(page, "document.querySelector('.mix audio').readyState > 0");
            row.locator("button").click();
            assertThat(position(page)).as("where the mix plays after a click").isCloseTo(at, within(1.5));
            assertThat(row.locator("button")).hasAttribute("data-at", String.format(java.util.Locale.ROOT, "%.3f", at));
            holds(page, "document.querySelector('.line li[aria-current=time]') !== null");

            Locator first = page.locator("button[data-at]").first();
            first.focus();
            page.keyboard().press("Enter");
            holds(page, "document.querySelector('.mix audio').currentTime < 2");
            page.keyboard().press("Tab");
            assertThat(page.locator("button[data-at]").nth(1)).isFocused();

            double seconds = ((Number) page.evaluate("document.querySelector('.mix audio').duration")).doubleValue();
            Locator picture = page.locator(".mix .outline");
            var box = picture.boundingBox();
            picture.click(new Locator.ClickOptions().setPosition(box.width * 0.75, box.height / 2));
            assertThat(position(page)).as("where it plays after a click on three quarters").isCloseTo(seconds * 0.75, within(1.5));
            page.evaluate("document.querySelectorAll('audio').forEach(audio => audio.pause())");

            for (int width : new int[] {390, 1_280}) {
                page.setViewportSize(width, 844);
                assertThat(((Number) page.evaluate("document.documentElement.scrollWidth")).intValue()).as("width needed at " + width)
                        .isLessThanOrEqualTo(width);
            }
            assertThat(complaints).as("console").isEmpty();
            assertThat(fetched).as("what it fetched").isEmpty();
        }
    }

    /** Asked from outside: the page's own policy lets nobody poll in it. */
    private static void holds(Page page, String condition) throws Exception {
        Await.until(condition, Duration.ofSeconds(20), () -> page.evaluate(condition), Boolean.TRUE::equals);
    }

    private static double position(Page page) { return ((Number) page.evaluate("document.querySelector('.mix audio').currentTime")).doubleValue(); }

    private static Instant time(JsonNode entry) { return Instant.parse(entry.path("time").stringValue()); }
}
