package org.infrafabric.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard with 500 escalations on it, at the width of a phone and of a desk, with keys alone. */
class DashboardManyTest {
    private static final int MANY = 500;
    private static final int MOST_NODES = 3_000;
    @TempDir Path folder;

    @Test
    void shouldStayWalkableWithFiveHundredEscalations() throws Exception {
        Requires.programs("chromium");
        try (Site site = new Site(folder).start();
                Playwright playwright = DashboardTest.playwright();
                Browser browser = DashboardTest.chromium(playwright)) {
            for (int i = 0; i < MANY; i++) site.escalate(i % 5 == 0 ? "privacy" : "safety"); // nobody is in the roster: each is denied at once
            Page page = DashboardTest.signedIn(browser, site, "op");
            assertThat(page.locator("[data-filter=all] .count")).hasText(Integer.toString(MANY));
            Locator rows = page.locator("#escalations > li");
            assertThat(rows).hasCount(50);
            assertThat(((Number) page.evaluate("document.querySelectorAll('*').length")).intValue()).as("elements").isLessThan(MOST_NODES);

            page.keyboard().press("/");
            assertThat(page.locator("#search")).isFocused();
            page.locator("#escalations a").first().focus();
            page.keyboard().press("End");
            assertThat(page.locator("#escalations a").nth(49)).isFocused();
            page.keyboard().press("ArrowDown"); // the end of the list brings more
            assertThat(rows).hasCount(100);
            assertThat(page.locator("#escalations a").nth(50)).isFocused();
            page.keyboard().press("Home");
            assertThat(page.locator("#escalations a").first()).isFocused();

            page.locator("#hazard").selectOption("privacy");
            assertThat(page.locator("[data-filter=all] .count")).hasText(Integer.toString(MANY / 5));
            page.locator("[data-filter=open]").click();
            assertThat(rows).hasCount(0);
            page.locator("[data-filter=all]").click();

            page.locator("#escalations a").nth(2).focus();
            page.keyboard().press("Enter");
            assertThat(page.locator(".steps")).isVisible();
            page.keyboard().press("Escape");
            assertThat(page.locator("#escalations a").nth(2)).isFocused();
            usableWithoutSight(page);
            for (int width : List.of(360, 768, 1_440)) {
                page.setViewportSize(width, 800);
                for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                    assertThat(((Number) page.evaluate("document.documentElement.scrollWidth")).intValue()).as("width needed at " + width)
                            .isLessThanOrEqualTo(width);
                    readable(page, width + " " + scheme);
                }
            }
        }
    }

    /** What a checker for accessibility looks at first: a name for everything that takes an action, one label a field, headings, landmarks, no double id. */
    private static void usableWithoutSight(Page page) {
        Object nameless = page.evaluate("""
                [...document.querySelectorAll('button, a[href], input, select, textarea')].filter((node) => node.offsetParent !== null)
                  .filter((node) => !(node.ariaLabel || node.textContent.trim() || node.labels?.length || node.getAttribute('aria-labelledby')))
                  .map((node) => node.outerHTML)""");
        assertThat((List<?>) nameless).as("controls without a name").isEmpty();
        Object twice = page.evaluate("[...document.querySelectorAll('[id]')].map((n) => n.id).filter((id, i, all) => all.indexOf(id) !== i)");
        assertThat((List<?>) twice).as("ids that stand twice").isEmpty();
        assertThat(page.locator("main:visible")).hasCount(1);
        assertThat(page.locator("h1:visible")).hasCount(1);
        assertThat(page.locator("[aria-live=polite]")).hasCount(1);
        assertThat(page.locator("img:not([alt])")).hasCount(0);
    }

    /** WCAG 2.2 §1.4.3: 4.5 to 1 for text; what lies over a picture or a gradient is left out. */
    private static void readable(Page page, String where) {
        Object pale = page.evaluate("""
                (() => {
                  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
                  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }; return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
                  const ground = (node) => { for (; node; node = node.parentElement) { const c = numbers(getComputedStyle(node).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
                  const pale = [];
                  for (const node of document.querySelectorAll('body *')) {
                    if (node.offsetParent === null || ![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
                    const a = light(numbers(getComputedStyle(node).color)), b = light(ground(node));
                    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                    if (ratio < 4.45) pale.push(`${node.className || node.tagName} ${ratio.toFixed(2)}`);
                  }
                  return [...new Set(pale)];
                })()""");
        assertThat((List<?>) pale).as("text too pale at " + where).isEmpty();
    }
}
