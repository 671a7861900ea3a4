package org.infrafabric.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in real Chromium, beside real phones: a guardian signs in, sees an escalation come, votes, and sees it decided. */
class DashboardTest {
    private static final double PATIENCE = 40_000; // ms: an expert is briefed meanwhile, and what a quiet machine shows at once takes a busy one some seconds
    private static final int MOST_TABS = 40;
    @TempDir Path folder;

    @Test
    void shouldShowAnEscalationLiveAndTakeAGuardiansVoteByKeyboardAlone() throws Exception {
        Requires.programs("chromium", "sipp", "openssl");
        SippScenario answers = SippScenario.invited().ring().answer().awaitBye();
        try (Sipp expert = Sipp.callee(folder.resolve("expert"), answers, 1);
                Sipp sage = Sipp.callee(folder.resolve("sage"), answers, 1);
                Sipp skeptic = Sipp.callee(folder.resolve("skeptic"), answers, 1);
                Site site = new Site(folder).expert(expert.uri("expert"), "safety", "answer", "PT10S").guardian("sage", sage.uri("sage"), "answer")
                        .guardian("skeptic", skeptic.uri("skeptic"), "answer").start();
                Playwright playwright = playwright();
                Browser browser = chromium(playwright)) {
            Page page = browser.newPage();
            List<String> complaints = new CopyOnWriteArrayList<>(), strangers = new CopyOnWriteArrayList<>();
            page.onConsoleMessage(
                    message -> { if (message.type().equals("error") || message.type().equals("warning")) complaints.add(message.text()); });
            page.onPageError(complaints::add);
            page.onRequest(request -> {
                if (!request.url().startsWith("blob:") && !site.bus().http().equals(URI.create(request.url()).getAuthority()))
                    strangers.add(request.url());
            });

            page.navigate("http://" + site.bus().http() + "/");
            assertThat(page.locator("#token")).isFocused();
            page.keyboard().type(Site.token("sage"));
            page.keyboard().press("Enter");
            assertThat(page.locator("#who")).containsText("sage");
            assertThat(page.locator("#link")).hasText("Live");
            assertThat(page.locator("#escalations > li")).hasCount(0);

            String id = site.escalate("safety");
            Locator row = page.locator("#escalations a");
            assertThat(row).containsText("Revenue conflict found in the filing");
            walkTo(page, "#escalations a");
            page.keyboard().press("Enter");
            assertThat(page.locator(".head")).containsText(id);
            assertThat(page.locator(".steps li[aria-current=step]")).hasText(Pattern.compile("In council.*"));
            assertThat(page.locator("ol.line li", named("in council"))).hasCount(1);
            assertThat(page.locator("ul.seats li.seat")).hasCount(3);
            assertThat(page.locator("ul.seats li.expert")).containsText("on the bridge");

            site.vote("skeptic", id, "reject");
            assertThat(page.locator("ul.seats li", named("skeptic"))).containsText("rejects");
            assertThat(page.locator(".tally")).hasText("1 of 2 voted");
            noSidewaysScroll(page);

            assertThat(page.locator(".ballot .countdown")).hasText(Pattern.compile("0:\\d\\d left"));
            assertThat(page.locator("button[data-vote=withdraw]")).isHidden();
            walkTo(page, "#conditions");
            page.keyboard().type("publish after counsel signs");
            walkTo(page, "button[data-vote=approve]");
            page.keyboard().press("Enter");
            assertThat(page.locator("ul.seats li", named("sage"))).containsText("with conditions");
            assertThat(page.locator(".tally")).hasText("2 of 2 voted");
            assertThat(page.locator("button[data-vote=approve]")).isFocused();
            assertThat(page.locator("button[data-vote=withdraw]")).isVisible();
            site.vote("skeptic", id, "approve"); // the last vote counts
            assertThat(page.locator("ul.seats li", named("skeptic"))).containsText("approves");

            Locator verdict = page.locator(".decision .verdict");
            assertThat(verdict).containsText("Approved with conditions");
            assertThat(verdict).containsText("publish after counsel signs");
            assertThat(verdict.locator(".proofs li.good")).hasCount(2); // signature and entry, both checked by the browser
            assertThat(page.locator("#log .badge")).hasText("Intact");
            assertThat(row.locator(".badge")).hasText("Approved with conditions");
            noSidewaysScroll(page);

            assertThat(complaints).as("console").isEmpty();
            assertThat(strangers).as("requests to other hosts").isEmpty();
            assertThat(site.escalation(id).path("decision").path("payload").path("decision").stringValue()).isEqualTo("approve-with-conditions");
            site.soundLog();
        }
    }

    @Test
    void shouldTellAStrangerThatTheTokenIsUnknown() throws Exception {
        Requires.programs("chromium");
        try (Site site = new Site(folder).start(); Playwright playwright = playwright(); Browser browser = chromium(playwright)) {
            Page page = browser.newPage();
            page.navigate("http://" + site.bus().http() + "/");
            page.locator("#token").fill("guessed");
            page.keyboard().press("Enter");
            assertThat(page.locator("#sign-in-problem")).hasText("The bus does not know this token.");
            assertThat(page.evaluate("document.documentElement.scrollHeight - innerHeight")).as("pixels to scroll for one card").isEqualTo(0);
            assertThat(page.locator("#board")).isHidden();
            noSidewaysScroll(page);
        }
    }

    static Playwright playwright() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        return Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    static Browser chromium(Playwright playwright) {
        return playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(Path.of("/usr/bin/chromium")).setArgs(List.of(
                "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync")));
    }

    /** The dashboard in a page of its own, with this owner's token. */
    static Page signedIn(Browser browser, Site site, String owner) {
        Page page = browser.newPage();
        page.navigate("http://" + site.bus().http() + "/");
        page.locator("#token").fill(Site.token(owner));
        page.keyboard().press("Enter");
        assertThat(page.locator("#link")).hasText("Live");
        return page;
    }

    private static Page.LocatorOptions named(String text) { return new Page.LocatorOptions().setHasText(text); }

    /** Tab by tab, as somebody without a mouse. */
    private static void walkTo(Page page, String selector) {
        for (int tabs = 0; tabs < MOST_TABS; tabs++) {
            if ((boolean) page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector)) return;
            page.keyboard().press("Tab");
        }
        throw new AssertionError(
                selector + " is not reached by " + MOST_TABS + " tabs; the focus is on " + page.evaluate("document.activeElement.outerHTML"));
    }

    /** At the width of a telephone nothing sticks out. */
    private static void noSidewaysScroll(Page page) {
        var before = page.viewportSize();
        page.setViewportSize(390, 844);
        assertThat(((Number) page.evaluate("document.documentElement.scrollWidth")).intValue()).as("width needed at 390 px").isLessThanOrEqualTo(390);
        page.setViewportSize(before.width, before.height);
    }
}
