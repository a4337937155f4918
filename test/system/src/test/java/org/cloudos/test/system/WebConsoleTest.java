package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The web console of a hosted system: how one gets in and how one doesn't, what it shows and changes, and its pages in a browser. */
class WebConsoleTest {
    private static final byte[] NOTHING = {};

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;
    private String password;
    private WebClient web;

    @Test
    void theWholeHouse() throws Exception {
        int port = Machine.freePort();
        Path profile = Files.writeString(home.resolve("console.bndrun"), "-include: server\n-runproperties.test: cloudos.web.port=" + port
                + ", org.osgi.service.http.port=" + Machine.freePort() + ", cloudos.metrics.interval=1\n");
        Path units = Files.createDirectories(home.resolve("data/units"));
        Files.writeString(units.resolve("shop.service"), "[Unit]\nDescription=The shop\n[Service]\nExecStart=/bin/sh -c 'echo open; exec sleep 3600'\n");
        try (Machine machine = Machine.hosted(home, profile.toString())) {
            machine.ssh("svc:start shop.service").expect(0);
            Instant limit = Instant.now().plus(Limits.COMMAND);
            while (!machine.json("os:status").toString().contains("https://127.0.0.1:" + port)) { // it tells where the console is
                assertTrue(Instant.now().isBefore(limit), () -> "no console on port " + port);
                Thread.sleep(200);
            }
            Path data = home.resolve("data/web");
            password = Files.readString(data.resolve("password")).strip();
            web = new WebClient(port, data.resolve("tls/cert.pem"));
            web.awaitAnswer();
            nobodyGetsInWithoutAPassword();
            aLoginBeginsASessionOfItsOwn();
            changesComeFromOurPagesAlone();
            filesAreOursAlone();
            showsTheSystem();
            triesAChangeAndTakesItBack();
            deploysAndTakesBack();
            if (Tools.present("chromium", Browser.program())) {
                try (Browser browser = new Browser(home)) {
                    new ConsoleVisit(browser, web.origin(), password, Files.createDirectories(Path.of("target/console"))).go();
                }
            }
            leavingEndsIt();
            guessingGetsSlow();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private void nobodyGetsInWithoutAPassword() throws Exception {
        HttpResponse<String> page = web.send(web.request("/console/bundles").header("Accept", "text/html"));
        assertEquals(303, page.statusCode());
        assertEquals("/login?next=%2Fconsole%2Fbundles", page.headers().firstValue("Location").orElse(""));
        for (String path : List.of("/console/", "/console/assets/app.js", "/console/api/overview", "/console/api/session",
                "/logout", "/system/console/bundles")) {
            assertEquals(401, web.get(path).statusCode(), path);
        }
        for (String path : List.of("/login/../console/api/overview", "/login/x/../../console/api/overview", "/console/../metrics", "/ready/../metrics",
                "/metrics")) {
            String status = web.raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertTrue(status.matches("HTTP/1.1 40[01] .*"), path + ": " + status);
        }
        assertEquals(200, web.get("/live").statusCode(), "for those who watch machines");
        assertEquals("/console/", web.get("/").headers().firstValue("Location").orElse(""));
        HttpResponse<String> login = web.get("/login");
        assertEquals(200, login.statusCode());
        String policy = login.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none'") && !policy.contains("unsafe"), policy);
        assertEquals("DENY", login.headers().firstValue("X-Frame-Options").orElse(""));
        assertEquals("nosniff", login.headers().firstValue("X-Content-Type-Options").orElse(""));
        assertTrue(login.headers().firstValue("Strict-Transport-Security").isPresent());
        assertFalse(login.headers().map().toString().toLowerCase().contains("jetty"), "no server's version");
        HttpResponse<String> wrong = web.login("<b>wrong</b>");
        assertEquals(401, wrong.statusCode());
        assertFalse(wrong.body().contains("<b>"), wrong.body());
        assertTrue(wrong.headers().firstValue("Set-Cookie").isEmpty());
        String next = web.get("/login?next=https://evil.example/").body() + web.get("/login?next=//evil.example/").body()
                + web.get("/login?next=/console/%22%3E%3Cscript%3E").body() + web.get("/login?next=/console/../../x").body();
        assertFalse(next.contains("evil") || next.contains("<script") || next.contains(".."), next);
    }

    private void aLoginBeginsASessionOfItsOwn() throws Exception {
        web.cookie = "__Host-cloudos=chosenbysomebodyelse";
        HttpResponse<String> login = web.login(password);
        assertEquals(303, login.statusCode());
        String set = login.headers().firstValue("Set-Cookie").orElse("");
        assertTrue(set.endsWith("; Secure; HttpOnly; SameSite=Strict") && set.contains("Path=/;"), set);
        assertNotEquals("__Host-cloudos=chosenbysomebodyelse", web.cookie);
        String session = web.cookie;
        web.cookie = "__Host-cloudos=chosenbysomebodyelse";
        assertEquals(401, web.get("/console/api/session").statusCode());
        web.cookie = session;
        JsonObject answer = web.json("/console/api/session").getAsJsonObject();
        assertEquals("admin", answer.get("user").getAsString());
        web.token = answer.get("csrf").getAsString();
    }

    private void changesComeFromOurPagesAlone() throws Exception {
        String path = "/console/api/bundles/rollback?name=nobody";
        HttpRequest.BodyPublisher none = HttpRequest.BodyPublishers.noBody();
        assertEquals(403, web.send(web.request(path).POST(none)).statusCode(), "no Origin");
        assertEquals(403, web.send(web.request(path).header("Origin", web.origin()).POST(none)).statusCode(), "no token");
        assertEquals(403, web.send(web.request(path).header("Origin", "https://evil.example").header("X-CSRF-Token", web.token).POST(none)).statusCode());
        assertEquals(403, web.send(web.request(path).header("Origin", web.origin()).header("Sec-Fetch-Site", "cross-site")
                .header("X-CSRF-Token", web.token).POST(none)).statusCode());
        assertEquals(403, web.send(web.request("/system/console/bundles").header("Origin", "https://evil.example").POST(none)).statusCode());
        assertEquals(403, web.send(web.request("/login").header("Origin", "https://evil.example").POST(none)).statusCode(), "nobody logs us in");
        HttpResponse<String> ours = web.post(path, NOTHING);
        assertEquals(200, ours.statusCode());
        assertTrue(ours.body().contains("\"error\""), ours.body());
        String basic = "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes());
        web.cookie = null;
        assertEquals(200, web.send(web.request("/console/api/overview").header("Authorization", basic)).statusCode(), "a program");
        web.login(password);
        web.token = web.json("/console/api/session").getAsJsonObject().get("csrf").getAsString();
    }

    private void filesAreOursAlone() throws Exception {
        assertEquals("text/javascript;charset=utf-8", web.get("/console/assets/app.js").headers().firstValue("Content-Type").orElse("").toLowerCase());
        String tag = web.get("/console/assets/app.js").headers().firstValue("ETag").orElseThrow();
        assertEquals(304, web.send(web.request("/console/assets/app.js").header("If-None-Match", tag)).statusCode());
        for (String path : List.of("/console/assets/../ConsoleFiles.class", "/console/assets/..%2f..%2f..%2f..%2fMETA-INF/MANIFEST.MF",
                "/console/assets/%2e%2e/x.js", "/console/assets//etc/passwd", "/console/assets/..;/x.js", "/login/../META-INF/MANIFEST.MF",
                "/login/%2e%2e/web/password", "/console/assets/x\0.js")) {
            String status = web.raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + web.cookie + "\r\nConnection: close\r\n\r\n");
            assertTrue(status.matches("HTTP/1.1 40[0134] .*"), path + ": " + status);
        }
        String large = "POST /console/api/bundles/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://127.0.0.1\r\nX-CSRF-Token: " + web.token
                + "\r\nCookie: " + web.cookie + "\r\nContent-Length: 999999999999\r\n\r\nPK";
        assertTrue(web.raw(large).startsWith("HTTP/1.1 413 "), "an upload of a terabyte");
        assertTrue(web.raw("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n").startsWith("HTTP/1.1 405 "));
        // It need not read to the end: then the answer may be lost with the connection.
        String endless = web.raw("GET /console/ HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(100_000) + "\r\n\r\n");
        assertTrue(endless.matches("(HTTP/1.1 4[03]1 .*)?"), endless);
    }

    private void showsTheSystem() throws Exception {
        JsonObject overview = web.json("/console/api/overview").getAsJsonObject();
        assertTrue(overview.get("ready").getAsBoolean(), overview.toString());
        assertTrue(web.json("/console/api/bundles").toString().contains("org.cloudos.web.pages"));
        for (JsonElement page : web.json("/console/api/pages").getAsJsonArray()) {
            String id = page.getAsJsonObject().get("id").getAsString();
            boolean expected = List.of("overview", "bundles", "framework", "configuration", "history").contains(id);
            assertTrue(!expected || page.getAsJsonObject().get("available").getAsBoolean(), id);
        }
        assertTrue(web.json("/console/api/metrics/range?q=node_load1&minutes=5").isJsonArray());
        HttpResponse<String> bad = web.get("/console/api/metrics/now?q=sum(");
        assertEquals(400, bad.statusCode());
        assertTrue(bad.body().contains("at character"), bad.body());
        assertEquals(404, web.get("/console/api/bundles/nothing").statusCode());
        assertEquals(400, web.get("/console/api/metrics/range?q=a&minutes=99999999").statusCode());
        assertTrue(web.json("/console/api/config").getAsJsonObject().has("settings"));
        JsonObject check = JsonParser.parseString(web.post("/console/api/config/check?key=web.port", "many".getBytes()).body()).getAsJsonObject();
        assertFalse(check.get("good").getAsBoolean(), check.toString());
        HttpResponse<String> refused = web.post("/console/api/config/change?key=web.port", "many".getBytes());
        assertEquals(409, refused.statusCode(), refused.body());
    }

    private void triesAChangeAndTakesItBack() throws Exception {
        JsonObject check = JsonParser.parseString(web.post("/console/api/config/check?key=events.Timeout", "6000".getBytes()).body()).getAsJsonObject();
        assertTrue(check.get("good").getAsBoolean() && check.toString().contains("\"after\":6000"), check.toString());
        HttpResponse<String> trial = web.post("/console/api/config/change?key=events.Timeout&trial=300", "6000".getBytes());
        assertTrue(trial.body().contains("ON_TRIAL"), trial.body());
        assertTrue(web.json("/console/api/config").getAsJsonObject().get("trial").isJsonObject());
        HttpResponse<String> back = web.post("/console/api/config/cancel", NOTHING);
        assertTrue(back.body().contains("TAKEN_BACK"), back.body());
        assertTrue(web.json("/console/api/config/explain?key=events.Timeout").toString().contains("\"value\":5000"));
        assertEquals(409, web.get("/console/api/config/explain?key=events.Timout").statusCode());
    }

    private void deploysAndTakesBack() throws Exception {
        HttpResponse<String> garbage = web.post("/console/api/bundles/upload?name=x.jar", "no jar at all".getBytes());
        assertTrue(last(garbage).has("error"), garbage.body());
        deploy("greeter.api", "greeter.api-0.1.0.jar");
        deploy("greeter", "greeter-0.1.0.jar");
        deploy("greeter", "greeter-0.1.0-1.1.jar");
        assertTrue(web.json("/console/api/bundles").toString().contains("\"version\":\"1.1.0\""));
        JsonObject back = last(web.post("/console/api/bundles/rollback?name=org.cloudos.greeter&trial=0", NOTHING));
        assertEquals("COMMITTED", back.getAsJsonObject("change").get("outcome").getAsString());
        assertTrue(web.json("/console/api/bundles/history").getAsJsonArray().size() >= 4);
    }

    private void deploy(String module, String jar) throws Exception {
        byte[] bytes = Files.readAllBytes(Command.ROOT.resolve("examples/" + module + "/target/" + jar));
        HttpResponse<String> response = web.post("/console/api/bundles/upload?trial=0&name=" + jar, bytes);
        JsonObject last = last(response);
        assertTrue(last.has("change") && last.getAsJsonObject("change").get("outcome").getAsString().equals("COMMITTED"), response.body());
        assertTrue(response.body().lines().count() > 2, "it tells its steps: " + response.body());
    }

    /** The last line of an answer that tells how it goes. */
    private static JsonObject last(HttpResponse<String> response) {
        return JsonParser.parseString(response.body().lines().reduce((a, b) -> b).orElse("{}")).getAsJsonObject();
    }

    private void leavingEndsIt() throws Exception {
        assertEquals(303, web.post("/logout", NOTHING).statusCode());
        assertEquals(401, web.get("/console/api/session").statusCode());
    }

    private void guessingGetsSlow() throws Exception {
        HttpResponse<String> right;
        int times = 0;
        do { // the first waits are short: a slow machine may let one pass before the right password comes
            int status = 0;
            for (int i = 0; i < 20 && status != 429; i++) {
                status = web.login("guess" + i).statusCode();
            }
            assertEquals(429, status);
            right = web.login(password);
        } while (right.statusCode() != 429 && ++times < 20);
        assertEquals(429, right.statusCode(), "the right password waits too");
        assertTrue(Integer.parseInt(right.headers().firstValue("Retry-After").orElse("0")) > 0);
    }
}
