package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A visit with a real browser: what people see, light and dark, wide and narrow, and with the keyboard alone. */
final class ConsoleVisit {
    private static final int ENTER = 13;
    private static final int TAB = 9;
    private static final int ESCAPE = 27;

    private final Browser browser;
    private final String origin;
    private final String password;
    private final Path pictures;

    /** @param pictures a folder that gets pictures of what was seen, for people */
    ConsoleVisit(Browser browser, String origin, String password, Path pictures) {
        this.browser = browser;
        this.pictures = pictures;
        this.origin = origin;
        this.password = password;
    }

    void go() throws Exception {
        browser.size(1360, 900, false);
        logsInWithTheKeyboard();
        everyPageShowsWhatItHas();
        aServiceIsLookedAtWithTheKeyboard();
        recordsComeWhileOneLooks();
        aMistakeIsSaidBeforeItIsMade();
        fitsNarrowScreens();
        textStaysText();
        assertEquals(List.of(), browser.complaints(), "errors of scripts, or what the policy stopped");
    }

    /** Each page has its content, in both colours, readable, and everything that can be operated has a name. */
    private void everyPageShowsWhatItHas() throws Exception {
        Map<String, String> content = Map.of(
                "", "document.querySelectorAll('.card .chart path.line').length >= 4 && document.querySelectorAll('.panel').length >= 3",
                "bundles", "document.querySelectorAll('#main tbody tr').length > 30", "services", "document.querySelector('#main tbody .open')",
                "logs", "document.querySelectorAll('.log .line').length > 5", "configuration", "document.querySelector('#main tbody .open')");
        for (boolean dark : new boolean[] {false, true}) {
            browser.size(1360, 900, dark);
            for (String page : List.of("", "bundles", "services", "logs", "configuration")) {
                browser.go(origin + "/console/" + page);
                browser.await(content.get(page));
                browser.screenshot(pictures.resolve((page.isEmpty() ? "overview" : page) + (dark ? "-dark" : "-light") + ".png"));
                assertEquals("", browser.eval(PageChecks.FAINT_TEXT).getAsString(), "text of little contrast on " + page + ", dark: " + dark);
                assertEquals("", browser.eval(PageChecks.NAMELESS).getAsString(), "without a name on " + page);
            }
        }
        browser.size(1360, 900, false);
    }

    private void aServiceIsLookedAtWithTheKeyboard() throws Exception {
        browser.go(origin + "/console/services");
        browser.await("document.querySelector('#main tbody .open')");
        tabTo("#main tbody .open");
        assertTrue(browser.eval("getComputedStyle(document.activeElement).outlineStyle !== 'none'").getAsBoolean(), "where one is can be seen");
        browser.press("Enter", ENTER);
        browser.await("document.querySelector('dialog[open] dl')");
        browser.screenshot(pictures.resolve("service.png"));
        browser.press("Escape", ESCAPE);
        browser.await("!document.querySelector('dialog[open]') && document.activeElement.matches('#main tbody .open')");
    }

    private void recordsComeWhileOneLooks() throws Exception {
        browser.go(origin + "/console/logs");
        browser.await("document.querySelector('.log .line') && document.body.innerText.includes('live ·')");
        // A wrong password is told in the log.
        browser.eval("fetch('/login', { method: 'POST', body: new URLSearchParams({ password: 'wrong' }) }).then(r => r.status)");
        browser.await("[...document.querySelectorAll('.log .line')].some(l => /login|password/i.test(l.textContent))");
    }

    private void aMistakeIsSaidBeforeItIsMade() throws Exception {
        browser.go(origin + "/console/configuration");
        browser.await("document.querySelector('#main tbody .open')");
        browser.eval("[...document.querySelectorAll('button')].find(b => b.textContent === 'Files').click()");
        browser.await("document.querySelector('.editor textarea')");
        tabTo(".editor textarea");
        browser.send("Input.insertText", Map.of("text", "events:\n  Timeout: soon\n"));
        browser.await("document.querySelector('.editor aside .problem')");
        assertTrue(browser.eval("document.querySelector('.editor aside').innerText").getAsString().contains("machine.yaml:2:"), "it says where");
        assertTrue(browser.eval("document.querySelector('.editor button.first').disabled").getAsBoolean());
        browser.screenshot(pictures.resolve("configuration-mistake.png"));
        browser.eval("document.querySelector('.editor textarea').select()");
        browser.send("Input.insertText", Map.of("text", "events:\n  Timeout: 6000\n"));
        browser.await("!document.querySelector('.editor button.first').disabled && document.querySelector('.editor aside .plus')?.textContent === '6000'");
        browser.screenshot(pictures.resolve("configuration-good.png"));
    }

    /** Goes there as somebody does who has no mouse. */
    private void tabTo(String selector) throws Exception {
        for (int i = 0; i < 100; i++) {
            browser.press("Tab", TAB);
            if (browser.eval("document.activeElement.matches('" + selector + "')").getAsBoolean()) {
                return;
            }
        }
        throw new AssertionError("the Tab key never comes to " + selector);
    }

    private void logsInWithTheKeyboard() throws Exception {
        browser.go(origin + "/console/bundles");
        browser.await("document.activeElement && document.activeElement.id === 'password'");
        browser.screenshot(pictures.resolve("login.png"));
        assertEquals("", browser.eval(PageChecks.FAINT_TEXT).getAsString(), "text of little contrast at the login");
        browser.send("Input.insertText", Map.of("text", "not it"));
        browser.press("Enter", ENTER);
        browser.await("document.querySelector('[role=alert]') && document.activeElement.id === 'password'");
        browser.send("Input.insertText", Map.of("text", password));
        browser.press("Enter", ENTER);
        browser.await("location.pathname === '/console/bundles' && document.querySelector('#main table')");
        browser.press("Tab", TAB);
        assertEquals("Skip to content", browser.eval("document.activeElement.textContent").getAsString());
        browser.press("Tab", TAB);
        browser.press("Tab", TAB);
        assertEquals("Overview", browser.eval("document.activeElement.textContent").getAsString());
        browser.press("Enter", ENTER);
        browser.await("location.pathname === '/console/' && document.querySelector('.card')");
    }

    private void fitsNarrowScreens() throws Exception {
        for (boolean dark : new boolean[] {false, true}) {
            browser.size(360, 740, dark);
            for (String page : List.of("", "bundles", "configuration")) {
                browser.go(origin + "/console/" + page);
                browser.await("document.querySelector('#main .panel')");
                browser.screenshot(pictures.resolve("narrow-" + (page.isEmpty() ? "overview" : page) + (dark ? "-dark" : "-light") + ".png"));
                assertTrue(browser.eval("document.documentElement.scrollWidth <= innerWidth").getAsBoolean(), "scrolls sideways: " + page);
            }
            String background = browser.eval("getComputedStyle(document.body).backgroundColor").getAsString();
            assertEquals(dark, background.matches("rgb\\(1?\\d, \\d\\d, \\d\\d\\)"), background);
        }
    }

    /** What is named like a page's code is shown as it is. */
    private void textStaysText() throws Exception {
        JsonElement shown = browser.eval("""
                import('/console/assets/dom.js').then(({ h, table, toast }) => {
                  const evil = '<img src=x onerror="window.hit=1">'
                  document.getElementById('main').append(h('p', { id: 'evil', title: evil }, evil), table([{ title: evil, cell: r => r }], [evil]))
                  toast(evil)
                  return document.getElementById('evil').textContent === evil && !document.querySelector('#main img') && !window.hit
                })""");
        assertTrue(shown.getAsBoolean());
        assertFalse(browser.eval("Boolean(window.hit)").getAsBoolean());
    }
}
