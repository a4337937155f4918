package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a booted machine's units do, by its shell's commands; the units are in {@code src/test/resources/appliance/root}. */
final class UnitsVisit {
    private static final String GROUPS = "/sys/fs/cgroup/cloudos/system.slice/";

    private final Machine machine;

    UnitsVisit(Machine machine) {
        this.machine = machine;
    }

    private JsonObject status(String unit) throws Exception {
        return machine.json("svc:status " + unit).getAsJsonObject();
    }

    /** Waits for a state: active/sub/result. */
    private void await(String unit, String state) throws Exception {
        await(unit + " " + state, "svc:status " + unit + " --json", text -> true, () -> {
            JsonObject s = status(unit).getAsJsonObject("status");
            return (s.get("active").getAsString() + "/" + s.get("sub").getAsString() + "/" + s.get("result").getAsString()).toLowerCase()
                    .equals(state);
        });
    }

    private interface Holds {
        boolean now() throws Exception;
    }

    private void await(String what, String shows, Predicate<String> there, Holds holds) throws Exception {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (true) {
            Command said = machine.ssh(shows);
            if (said.status() == 0 && there.test(said.out()) && holds.now()) {
                return;
            }
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError(what + " did not come; " + said.all() + machine.ssh("log:tail -n 60").all());
            }
            Thread.sleep(300);
        }
    }

    private String shown(String command, Predicate<String> there) throws Exception {
        await(command, command, there, () -> true);
        return machine.ssh(command).expect(0).out();
    }

    /** Debian's clients, as a unit: redis-cli, chronyc, psql. And cron has run a job. */
    void clientsAreAnswered(int boots) throws Exception {
        machine.ssh("svc:start clients").expect(0);
        String said = shown("svc:logs clients", text -> text.contains("boots="));
        assertTrue(said.contains("PONG") && said.contains("Leap status") && said.contains("boots=" + boots), said);
        shown("cat /var/tmp/cron", text -> text.contains("cron was here"));
    }

    void limitsHold() throws Exception {
        machine.ssh("svc:start hog").expect(1);
        await("hog", "failed/failed/oom-kill");
        machine.ssh("svc:start child-hog").expect(0);
        await("child-hog", "failed/failed/oom-kill");
        if (!machine.ssh("svc:start many").expect(1).all().contains("Cannot fork")) {
            shown("svc:logs many", text -> text.contains("Cannot fork"));
        }
        machine.ssh("svc:start busy").expect(0);
        shown("cat " + GROUPS + "busy.service/cpu.stat", text -> text.lines().anyMatch(l -> l.matches("nr_throttled [1-9]\\d*")));
        assertTrue(machine.ssh("cat " + GROUPS + "busy.service/io.max").expect(0).out().contains("wbps=2000000"));
        machine.ssh("svc:stop busy").expect(0);
    }

    /** A service that ignores SIGTERM ends with all that it started. */
    void nobodyEscapes() throws Exception {
        machine.ssh("svc:start deaf").expect(0);
        List<Long> pids = new ArrayList<>();
        await("both processes", "svc:status deaf --json", text -> text.contains("98765"), () -> {
            for (JsonElement p : status("deaf").getAsJsonArray("processes")) {
                pids.add(p.getAsJsonObject().get("pid").getAsLong());
            }
            return pids.size() >= 2;
        });
        machine.ssh("svc:stop deaf").expect(0);
        await("deaf", "failed/failed/timeout");
        for (long pid : pids) {
            machine.ssh("cat /proc/" + pid + "/status").expect(1);
        }
        machine.ssh("cat " + GROUPS + "deaf.service/cgroup.procs").expect(1);
    }

    void mountsPathsAndTimers() throws Exception {
        machine.ssh("svc:start arrived.path tick.timer").expect(0);
        machine.ssh("svc:start fill").expect(0);
        await("run-scratch.mount", "active/mounted/success");
        assertTrue(machine.ssh("cat /proc/mounts").expect(0).out().contains(" /run/scratch tmpfs rw"));
        shown("svc:logs fill", text -> text.contains("No space left on device"));
        machine.ssh("svc:stop run-scratch.mount").expect(0);
        await("fill", "inactive/dead/success"); // it requires the mount
        assertFalse(machine.ssh("cat /proc/mounts").expect(0).out().contains("/run/scratch"));
        for (int times = 1; times <= 2; times++) {
            int now = times;
            machine.ssh("echo x > /run/arrived").expect(0);
            shown("cat /run/arrivals", text -> text.lines().count() == now);
        }
        shown("cat /var/tmp/ticks", text -> text.lines().count() >= 2);
        machine.ssh("svc:stop arrived.path tick.timer").expect(0);
    }

    /** Sockets are listened on before there is a service: one for all connections, or one for each. */
    void socketsStartServices() throws Exception {
        machine.ssh("svc:start door.socket each.socket").expect(0);
        await("door", "inactive/dead/success");
        machine.ssh("os:probe --limit 120s --expect 'welcome at front' 127.0.0.1:7101").expect(0);
        await("door", "active/running/success");
        machine.ssh("svc:stop door").expect(0);
        await("door.socket", "active/listening/success"); // the socket stayed, and starts it again
        machine.ssh("os:probe --limit 120s --expect 'welcome at front' 127.0.0.1:7101").expect(0);
        for (int i = 0; i < 2; i++) {
            machine.ssh("os:probe --limit 120s --expect 'one for each' 127.0.0.1:7102").expect(0);
        }
        machine.ssh("svc:stop door.socket each.socket door").expect(0);
        machine.ssh("os:probe 127.0.0.1:7101").expect(1);
    }

    /**
     * A clock that is set three hours ahead, then back: what counts time goes on, what goes by the clock on the wall catches up.
     * The service {@code dog}, which must tell that it is well, lives through both, and fails when it tells no more.
     */
    void theClockIsSet() throws Exception {
        machine.ssh("svc:start dog steady.timer hourly.timer").expect(0);
        long dog = mainPid("dog");
        machine.ssh("config:try --for 60min health.interval=21").expect(0);
        machine.ssh("svc:start ahead").expect(0);
        shown("cat /run/hours", text -> !text.isEmpty());
        goesOn();
        assertTrue(machine.ssh("config:get health.interval").expect(0).out().contains("21"), "the trial counts time");
        machine.ssh("config:cancel").expect(0);
        machine.ssh("config:try --for 5s health.interval=22").expect(0);
        machine.ssh("svc:start back").expect(0);
        shown("config:get health.interval", text -> text.contains("15"));
        goesOn();
        List<Long> times = new ArrayList<>(), order = new ArrayList<>();
        for (String unit : List.of("ahead", "back")) {
            for (JsonElement line : machine.json("log:query unit=" + unit + ".service and source=service").getAsJsonArray()) {
                times.add(Instant.parse(line.getAsJsonObject().get("time").getAsString()).getEpochSecond());
                order.add(line.getAsJsonObject().get("seq").getAsLong());
            }
        }
        assertEquals(2, times.size(), times + " " + machine.ssh("log:tail -n 60").all());
        assertTrue(order.get(0) < order.get(1) && times.get(0) > times.get(1) + 3600, order + " " + times);
        assertFalse(machine.json("log:query unit=back.service and since 1h").getAsJsonArray().isEmpty());
        assertFalse(machine.ssh("metrics:show cloudos_up").all().isEmpty());
        assertEquals(dog, mainPid("dog"));
        machine.ssh("svc:kill --signal USR1 dog").expect(0);
        await("dog", "failed/failed/watchdog");
        machine.ssh("svc:stop steady.timer hourly.timer").expect(0);
    }

    private void goesOn() throws Exception {
        long before = ticks();
        await("a tick", "svc:status steady.timer", text -> true, () -> ticks() > before + 1);
    }

    private long ticks() throws Exception {
        return machine.ssh("cat /run/steady").out().lines().count();
    }

    private long mainPid(String unit) throws Exception {
        await(unit, "active/running/success");
        return status(unit).getAsJsonObject("status").get("pid").getAsLong();
    }

    /** @param expected UNIT PROTOCOL PORT */
    void whatListensWhere(List<String> expected) throws Exception {
        shown("svc:endpoints", text -> expected.stream().allMatch(e -> text.lines().anyMatch(l -> {
            String[] words = l.trim().split("\\s+");
            return words.length > 5 && e.equals(words[0] + " " + words[1] + " " + words[3]) && words[5].equals("OK");
        })));
    }

    void whatIsKept() throws Exception {
        machine.ssh("svc:mask cron").expect(0);
        machine.ssh("svc:disable nginx").expect(0);
        machine.ssh("svc:enable tick.timer").expect(1); // it has no [Install]
        String blame = machine.ssh("svc:blame").expect(0).out();
        assertTrue(blame.contains("postgresql@17-main.service"), blame);
    }

    void wasKept() throws Exception {
        await("redis-server", "active/running/success");
        assertEquals("masked", status("cron").getAsJsonObject("status").get("load").getAsString().toLowerCase());
        assertEquals("inactive", status("nginx").getAsJsonObject("status").get("active").getAsString().toLowerCase());
        assertEquals("oom-kill", status("hog").getAsJsonObject("lastFailure").get("result").getAsString());
        assertFalse(machine.ssh("svc:start cron").expect(1).all().isEmpty());
    }

    /** Stops all that a target does not need. */
    void isolates() throws Exception {
        await("postgresql@17-main", "active/running/success");
        assertTrue(machine.ssh("svc:critical-chain redis-server").expect(0).out().contains("redis-server.service"));
        assertTrue(machine.ssh("help svc:critical-chain").expect(0).out().contains("waited for"));
        machine.ssh("svc:isolate quiet.target").expect(0);
        await("postgresql@17-main", "inactive/dead/success");
        await("chrony", "inactive/dead/success");
        await("redis-server", "active/running/success");
    }
}
