package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Debian's own servers from their packages, on a machine that QEMU emulates, seen from outside; then once more with the same disk. */
class ApplianceTest {
    private static final String REDIS = "redis-server.service";
    private static final String NGINX = "nginx.service";
    private static final String PING = "os:probe --limit 60s --send 'PING\\r\\n' --expect PONG 127.0.0.1:6379";

    private static final Path PROFILE = Command.ROOT.resolve("test/system/src/test/resources/appliance/five.bndrun");
    private static final List<String> MORE = List.of("postgresql@17-main.service", "chrony.service", "cron.service");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;
    private Machine machine;
    private WebClient web;
    private int nginx;

    @Test
    void debiansServicesRunFromTheirPackagedUnits() throws Exception {
        int console = Machine.freePort();
        nginx = Machine.freePort();
        try (Machine booted = Machine.booted(home, PROFILE.toString(), "--forward", console + ":8443", "--forward", nginx + ":80")) {
            machine = booted;
            web = new WebClient(console, Files.writeString(home.resolve("cert.pem"), machine.ssh("cat /var/cloudos/web/tls/cert.pem").expect(0).out()));
            assertEquals(303, web.login(machine.ssh("cat /var/cloudos/web/password").expect(0).out().strip()).statusCode());
            UnitsVisit units = new UnitsVisit(machine);
            long redis = running(REDIS, pid -> true);
            running(NGINX, pid -> true);
            for (String unit : MORE) {
                running(unit, pid -> true);
            }
            theyAnswer();
            units.clientsAreAnswered(1);
            theyAreWhoTheyShallBe(redis);
            theyComeBackWhenKilled();
            theyAnswer();
            units.clientsAreAnswered(1);
            for (String unit : List.of(REDIS, NGINX)) {
                JsonObject logs = web.json("/console/api/logs?q=unit%3D" + unit).getAsJsonObject();
                assertFalse(logs.getAsJsonArray("entries").isEmpty(), unit + " is in the journal");
            }
            theDashboardKnowsThem();
            configurationCanBeChanged();
            units.limitsHold();
            units.nobodyEscapes();
            units.mountsPathsAndTimers();
            units.socketsStartServices();
            units.theClockIsSet();
            units.whatListensWhere(List.of("redis-server.service tcp 6379", "nginx.service tcp 80", "postgresql@17-main.service tcp 5432",
                    "chrony.service udp 323"));
            units.whatIsKept();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
            machine.start();
            units.wasKept();
            units.clientsAreAnswered(2);
            units.isolates();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private void theyComeBackWhenKilled() throws Exception {
        Map<String, Long> before = new LinkedHashMap<>();
        for (String unit : List.of(REDIS, NGINX, MORE.get(0), MORE.get(1), MORE.get(2))) {
            before.put(unit, running(unit, pid -> true));
        }
        for (long pid : before.values()) {
            machine.ssh("os:kill --signal 9 " + pid).expect(0);
        }
        for (Map.Entry<String, Long> one : before.entrySet()) {
            running(one.getKey(), pid -> pid != one.getValue());
        }
    }

    /** Waits until the unit is up with such a main process. */
    private long running(String unit, Predicate<Long> pid) throws Exception {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        JsonElement last = null;
        while (Instant.now().isBefore(limit)) {
            for (JsonElement one : web.json("/console/api/units").getAsJsonObject().getAsJsonArray("units")) {
                JsonObject status = one.getAsJsonObject();
                if (status.get("name").getAsString().equals(unit)) {
                    last = status;
                    long main = status.get("pid").getAsLong();
                    if (status.get("active").getAsString().equals("active") && main > 0 && pid.test(main)) {
                        return main;
                    }
                }
            }
            Thread.sleep(500);
        }
        throw new AssertionError(unit + " does not run: " + last + "\n" + web.get("/console/api/units/details?name=" + unit).body()
                + "\n" + machine.ssh("log:tail -n 100").all());
    }

    private void theyAnswer() throws Exception {
        machine.ssh(PING).expect(0);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nginx + "/")).timeout(Limits.COMMAND).build();
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (true) {
            try {
                HttpResponse<String> page = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
                assertTrue(page.statusCode() == 200 && page.body().contains("Welcome to nginx"), page.body());
                return;
            } catch (IOException e) {
                if (Instant.now().isAfter(limit)) {
                    throw e;
                }
                Thread.sleep(500); // a new worker is on its way
            }
        }
    }

    private void theyAreWhoTheyShallBe(long redis) throws Exception {
        String passwd = machine.ssh("cat /etc/passwd").expect(0).out();
        String uid = passwd.lines().filter(l -> l.startsWith("redis:")).map(l -> l.split(":")[2]).findFirst().orElseThrow();
        String status = machine.ssh("cat /proc/" + redis + "/status").expect(0).out();
        assertTrue(status.lines().anyMatch(l -> l.matches("Uid:\\s+" + uid + "\\s.*")), status);
        assertTrue(machine.ssh("cat /var/log/redis/redis-server.log").expect(0).out().contains("Ready to accept connections"));
    }

    /** Metrics of each unit's own group and a history of them, what is well, and the pages. */
    private void theDashboardKnowsThem() throws Exception {
        String all = web.get("/metrics").body();
        for (String unit : List.of(REDIS, NGINX)) {
            assertTrue(all.lines().anyMatch(l -> l.startsWith("cgroup_memory_usage_bytes{") && l.contains(unit)), unit + " has figures of its own in\n" + all);
            String query = "/console/api/metrics/range?minutes=15&q=" + URLEncoder.encode("cgroup_memory_usage_bytes{cgroup=~\".*" + unit + "\"}",
                    StandardCharsets.UTF_8);
            Instant graph = Instant.now().plus(Limits.COMMAND);
            while (web.json(query).getAsJsonArray().isEmpty()) {
                assertTrue(Instant.now().isBefore(graph), unit + " has no graph: " + web.get(query).body());
                Thread.sleep(1000);
            }
        }
        assertTrue(all.contains("node_pressure_"), "pressure");
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (web.get("/ready").statusCode() != 200) {
            assertTrue(Instant.now().isBefore(limit), web.get("/ready").body());
            Thread.sleep(500);
        }
        for (JsonElement page : web.json("/console/api/pages").getAsJsonArray()) {
            assertTrue(page.getAsJsonObject().get("available").getAsBoolean(), page.toString());
        }
        assertTrue(web.get("/console/").body().contains("/console/assets/app.js"), "the dashboard");
    }

    /** /etc is an overlay that is kept on the data disk. */
    private void configurationCanBeChanged() throws Exception {
        machine.ssh("echo changed > /etc/nginx/snippets/ours.conf").expect(0);
        assertEquals("changed", machine.ssh("cat /etc/nginx/snippets/ours.conf").expect(0).out().strip());
        assertEquals("changed", machine.ssh("cat /var/cloudos/etc/changed/nginx/snippets/ours.conf").expect(0).out().strip());
    }
}
