package org.cloudos.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords, sessions and requests of people who should not get in. */
class DoorTest {
    private static final String HERE = "https://box:8443";

    @TempDir Path folder;
    private final AtomicLong clock = new AtomicLong();
    private Password password;
    private Sessions sessions;
    private LoginLimit limit;
    private Guard guard;

    @BeforeEach void open() throws IOException {
        password = new Password(folder.resolve("web/password"), new SecureRandom());
        sessions = new Sessions(new SecureRandom(), clock::get, Duration.ofMinutes(30), Duration.ofHours(12));
        limit = new LoginLimit(clock::get);
        guard = new Guard(sessions, password, limit);
    }

    private String kept() throws IOException {
        return Files.readString(folder.resolve("web/password")).strip();
    }

    @Test void thePasswordIsMadeOnceAndNobodyElseReadsIt() throws IOException {
        assertEquals(24, kept().length());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("web/password"))));
        assertTrue(password.is(kept()));
        assertTrue(new Password(folder.resolve("web/password"), new SecureRandom()).is(kept()));
        assertFalse(password.is(""));
        assertFalse(password.is(kept() + "x"));
    }

    @Test void aNewPasswordHoldsAtOnceAndAnEmptyOneNever() throws IOException {
        Path file = folder.resolve("web/password");
        Files.writeString(file, "other\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertTrue(password.changed());
        assertTrue(password.is("other"));
        Files.writeString(file, " \n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(2));
        assertThrows(IOException.class, password::changed);
        assertFalse(password.is(""));
        Files.writeString(file, "x".repeat(2000));
        assertThrows(IOException.class, password::changed);
    }

    @Test void sessionsEndUnusedAndAtTheirEnd() {
        String id = sessions.begin("admin");
        for (int i = 0; i < 24; i++) {
            assertTrue(sessions.find(id).isPresent());
            clock.addAndGet(TimeUnit.MINUTES.toNanos(30));
        }
        assertTrue(sessions.find(id).isPresent());
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));
        assertTrue(sessions.find(id).isEmpty(), "twelve hours");
        String idle = sessions.begin("admin");
        clock.addAndGet(TimeUnit.MINUTES.toNanos(31));
        assertTrue(sessions.find(idle).isEmpty());
        String left = sessions.begin("admin");
        sessions.end(left);
        assertTrue(sessions.find(left).isEmpty());
    }

    @Test void sessionsAreFewAndTheirNamesOurs() {
        String first = sessions.begin("admin");
        assertNotEquals(first, sessions.begin("admin"));
        assertTrue(sessions.find("chosen-by-somebody").isEmpty());
        assertTrue(sessions.find(null).isEmpty());
        assertTrue(sessions.find("x".repeat(100_000)).isEmpty());
        for (int i = 0; i < 100; i++) {
            clock.incrementAndGet();
            sessions.begin("admin");
        }
        assertTrue(sessions.find(first).isEmpty(), "made room");
    }

    @Test void guessingGetsSlow() {
        for (int i = 0; i < 4; i++) {
            limit.failed("10.0.0.1");
            assertEquals(0, limit.secondsToWait("10.0.0.1"));
        }
        limit.failed("10.0.0.1");
        assertTrue(limit.secondsToWait("10.0.0.1") > 0);
        assertEquals(0, limit.secondsToWait("10.0.0.2"));
        clock.addAndGet(TimeUnit.SECONDS.toNanos(3));
        assertEquals(0, limit.secondsToWait("10.0.0.1"));
        for (int i = 0; i < 40; i++) {
            limit.failed("10.0.0.1");
        }
        assertEquals(TimeUnit.MINUTES.toSeconds(15) + 1, limit.secondsToWait("10.0.0.1"));
        limit.succeeded("10.0.0.1");
        assertEquals(0, limit.secondsToWait("10.0.0.1"));
    }

    @Test void oneSubscribersAddressesAreOne() {
        for (int i = 1; i < 8; i++) {
            limit.failed("2001:db8:1:2::" + i);
        }
        assertTrue(limit.secondsToWait("[2001:db8:1:2:ffff::9]") > 0);
        assertEquals(0, limit.secondsToWait("2001:db8:1:3::1"));
        for (int i = 0; i < 10_000; i++) {
            limit.failed("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256);
        }
        assertEquals(0, limit.secondsToWait("2001:db8:1:2::1"), "the oldest make room");
    }

    @Test void theRightPasswordWaitsToo() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertRefused(401, guard.tryPassword("10.0.0.1", "admin", "guess" + i));
        }
        assertRefused(429, guard.tryPassword("10.0.0.1", "admin", kept()));
        assertRefused(401, guard.tryPassword("10.0.0.2", "root", kept()));
        assertInstanceOf(Guard.Admitted.class, guard.tryPassword("10.0.0.2", "admin", kept()));
    }

    private record Request(String method, boolean secure, String cookie, String csrf, String origin, String site, boolean ownPage) { }

    private Guard.Decision decide(Request r) {
        return guard.decide(new Guard.Facts(r.method, r.secure, "10.0.0.9", r.cookie, null, r.csrf, HERE, r.origin, r.site, r.ownPage));
    }

    @Test void aCookieOpensForReadingAndTheTokenForChanges() {
        String id = sessions.begin("admin");
        String token = sessions.find(id).orElseThrow().csrf();
        assertInstanceOf(Guard.Admitted.class, decide(new Request("GET", true, id, null, null, null, true)));
        assertInstanceOf(Guard.LogIn.class, decide(new Request("GET", false, id, null, null, null, true)), "not without TLS");
        assertInstanceOf(Guard.LogIn.class, decide(new Request("POST", true, "x", token, HERE, "same-origin", true)));
        assertInstanceOf(Guard.Admitted.class, decide(new Request("POST", true, id, token, HERE, "same-origin", true)));
        assertInstanceOf(Guard.Admitted.class, decide(new Request("DELETE", true, id, token, HERE, null, true)));
        assertRefused(403, decide(new Request("POST", true, id, null, HERE, "same-origin", true)));
        assertRefused(403, decide(new Request("POST", true, id, token + "x", HERE, "same-origin", true)));
        assertRefused(403, decide(new Request("POST", true, id, token, "https://evil.example", null, true)));
        assertRefused(403, decide(new Request("POST", true, id, token, "null", null, true)));
        assertRefused(403, decide(new Request("POST", true, id, token, HERE, "cross-site", true)));
        assertRefused(403, decide(new Request("POST", true, id, token, HERE, "same-site", true)));
        assertRefused(403, decide(new Request("POST", true, id, token, null, null, true)));
        assertRefused(403, decide(new Request("PATCH", true, id, null, null, null, true)));
        assertInstanceOf(Guard.Admitted.class, decide(new Request("POST", true, id, null, HERE, "same-origin", false)), "Felix's pages");
        assertRefused(403, decide(new Request("POST", true, id, null, "https://evil.example", "cross-site", false)));
    }

    @Test void aProgramBringsItsPassword() throws IOException {
        assertInstanceOf(Guard.Admitted.class, basic("admin:" + kept(), "POST", null));
        assertRefused(401, basic("admin:wrong", "GET", null));
        assertRefused(401, basic(kept(), "GET", null));
        assertRefused(403, basic("admin:" + kept(), "POST", "cross-site"));
        for (String header : new String[] {"", "Basic", "Basic %%%", "Bearer x", "Basic " + "A".repeat(100_000)}) {
            assertInstanceOf(Guard.Refused.class, guard.decide(new Guard.Facts("GET", true, "10.0.0.3", null, header, null, HERE, null, null, true)), header);
        }
    }

    private Guard.Decision basic(String text, String method, String site) {
        String header = "basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return guard.decide(new Guard.Facts(method, true, "10.0.0.4", null, header, null, HERE, null, site, true));
    }

    @Test void pathsAreWhatTheySeem() {
        for (String path : new String[] {"/login/../console/api/overview", "/login/..", "/./x", "/x/.", "//x", "/a;b/c", "/a/%2E%2e/c",
            "/a%2Fb", "/a\\b", "/a%00"}) {
            assertTrue(Paths.ambiguous(path), path);
            assertFalse(Paths.login(path), path);
        }
        for (String path : new String[] {"/", "/console/", "/console/assets/app.js", "/a/..b/c.d", "/a/b...", "/%20x"}) {
            assertFalse(Paths.ambiguous(path), path);
        }
        assertTrue(Paths.login("/login") && Paths.login("/login/icon.svg"));
        assertFalse(Paths.login("/login/") || Paths.login("/loginx") || Paths.login("/login/a/b.css"));
        assertTrue(Paths.guarded("/console/x") && Paths.guarded("/system/console") && !Paths.guarded("/consolex") && !Paths.guarded("/metrics"));
        var open = java.util.List.of("/ready", "/shop/");
        assertTrue(Paths.open("/ready", open) && Paths.open("/ready/x", open) && Paths.open("/shop/1", open));
        assertFalse(Paths.open("/readyx", open) || Paths.open("/metrics", open) || Paths.open("/", open));
    }

    private static void assertRefused(int status, Guard.Decision decision) {
        assertEquals(status, assertInstanceOf(Guard.Refused.class, decision).status(), decision.toString());
    }
}
