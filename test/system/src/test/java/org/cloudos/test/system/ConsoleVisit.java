package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.Map;

/** A visit with a real browser: what people see, light and dark, wide and narrow, and with the keyboard alone. */
final class ConsoleVisit {
    private static final int ENTER = 13;
    private static final int TAB = 9;

    private final Browser browser;
    private final String origin;
    private final String password;

    ConsoleVisit(Browser browser, String origin, String password) {
        this.browser = browser;
        this.origin = origin;
        this.password = password;
    }

    void go() throws Exception {
        browser.size(1360, 900, false);
        logsInWithTheKeyboard();
        for (String page : List.of("", "bundles", "configuration", "logs", "services")) {
            browser.go(origin + "/console/" + page);
            browser.await("document.querySelector('#main h1')");
        }
        fitsNarrowScreens();
        textStaysText();
        assertEquals(List.of(), browser.complaints(), "errors of scripts, or what the policy stopped");
    }

    private void logsInWithTheKeyboard() throws Exception {
        browser.go(origin + "/console/bundles");
        browser.await("document.activeElement && document.activeElement.id === 'password'");
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
