package org.cloudos.units.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cloudos.units.Units;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services, their types and ends, with control groups where there are some and without. */
class ServiceTest {
    @TempDir Path folder;

    private TestUnits units(boolean groups) throws IOException, InterruptedException {
        return new TestUnits(folder, groups);
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void typesBecomeActiveWhenTheyShould(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("simple.service", "[Service]\nExecStart=/bin/sleep 1000\n");
            t.write("exec.service", "[Service]\nType=exec\nExecStart=/bin/sleep 1000\n");
            t.write("noexec.service", "[Service]\nType=exec\nExecStart=/no/such/program\n");
            t.write("oneshot.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo one'\nExecStart=/bin/sh -c 'echo two'\nRemainAfterExit=yes\n");
            t.write("once.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
            t.write("fork.service", "[Service]\nType=forking\nPIDFile=DIR/fork.pid\nExecStart=/bin/sh -c 'sleep 1000 & echo $! >DIR/fork.pid'\n");
            t.load();
            assertTrue(t.start("simple").done());
            assertTrue(t.start("exec").done());
            assertEquals("failed", t.start("noexec").result());
            assertEquals("failed/failed", t.state("noexec"));
            assertTrue(t.world.log.stream().anyMatch(l -> l.contains("no such file or folder (ENOENT)") && l.contains("203/EXEC")), t.world.log::toString);
            assertTrue(t.start("oneshot").done());
            assertEquals("active/exited", t.state("oneshot"));
            t.await("output", () -> t.world.output.size() >= 2);
            assertEquals("oneshot.service sh 6 one", t.world.output.get(0));
            assertTrue(t.start("once").done());
            assertEquals("inactive/dead", t.state("once"));
            assertTrue(t.start("fork").done(), t.world.log::toString);
            assertEquals("active/running", t.state("fork"));
            assertTrue(t.status("fork").pid() > 0);
            assertTrue(t.stop("fork").done());
            assertFalse(Files.exists(folder.resolve("fork.pid")));
            assertEquals("inactive/dead", t.state("fork"), t.world.log::toString);
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void notifyWaitsForReady(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("n.service", "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/bin/perl DIR/n.pl\nWatchdogSec=0\n");
            Files.writeString(folder.resolve("n.pl"), """
                    use Socket;
                    socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
                    print "waiting\\n"; $| = 1;
                    sleep 1 until -e "%s/go";
                    send($s, "READY=1\\nSTATUS=hello", 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die "$!";
                    sleep 1000;
                    """.formatted(folder));
            t.load();
            var begun = t.begin(Units.Action.START, java.util.List.of("n.service"));
            t.awaitState("n", "activating/start");
            Files.createFile(folder.resolve("go"));
            assertTrue(begun.getFirst().get().done(), t.world.log::toString);
            assertEquals("active/running", t.state("n"));
            assertEquals("hello", t.properties("n").get("StatusText"));
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void whoIgnoresSigtermIsKilledWithAllItsChildren(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("deaf.service",
                    "[Service]\nTimeoutStopSec=300ms\nExecStart=/bin/sh -c 'trap \"\" TERM; "
                    + "(trap \"\" TERM; setsid sleep " + OURS + "2 & setsid sleep " + OURS + "3 & wait) & while :; do sleep " + OURS + "4; done'\n");
            t.load();
            assertTrue(t.start("deaf").done());
            t.await("children", () -> sleepers() >= 3);
            assertTrue(t.stop("deaf").done());
            assertEquals("timeout", t.status("deaf").result());
            t.await("all killed", () -> sleepers() == 0);
        }
    }

    /** Of this JVM alone: another one on this machine may run the same test. */
    private static final String OURS = "42" + ProcessHandle.current().pid();

    private static long sleepers() {
        return ProcessHandle.allProcesses().filter(p -> p.info().arguments().map(a -> a.length == 1 && a[0].startsWith(OURS)).orElse(false)).count();
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void aCrashLoopMeetsItsLimit(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("crash.service",
                    "[Unit]\nStartLimitBurst=4\nStartLimitIntervalSec=60\n"
                    + "[Service]\nRestart=on-failure\nRestartSec=10ms\nExecStart=/bin/sh -c 'echo x >>DIR/starts; exit 3'\n");
            t.load();
            t.start("crash");
            t.awaitState("crash", "failed/failed");
            assertEquals("start-limit-hit", t.status("crash").result());
            assertEquals(4, Files.readAllLines(folder.resolve("starts")).size());
            t.ask(() -> {
                t.commander().resetFailed(java.util.List.of("crash"));
                return true;
            });
            assertEquals("inactive/dead", t.state("crash"));
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void restartsWhenKilled(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("r.service", "[Service]\nRestart=always\nRestartSec=1ms\nExecStart=/bin/sleep 1000\n");
            t.load();
            t.start("r");
            long pid = t.status("r").pid();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            t.await("another process", () -> t.status("r").pid() != pid && t.status("r").pid() > 0);
            t.awaitState("r", "active/running");
            assertEquals(1, t.status("r").restarts());
            assertTrue(t.stop("r").done());
            assertEquals("inactive/dead", t.state("r"));
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void commandsAroundTheService(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("c.service", """
                    [Service]
                    Environment=A=1 "B=two words"
                    EnvironmentFile=-DIR/none
                    ExecStartPre=/bin/sh -c 'echo pre "$B" >>DIR/log'
                    ExecStartPre=-/bin/false
                    ExecStart=/bin/sh -c 'echo start ${A} $$A >>DIR/log; exec sleep 1000'
                    ExecStartPost=/bin/sh -c 'while ! grep -q start DIR/log; do sleep 0.01; done; echo post $MAINPID >>DIR/log'
                    ExecReload=/bin/sh -c 'echo reload >>DIR/log'
                    ExecStop=/bin/sh -c 'echo stop >>DIR/log'
                    ExecStopPost=/bin/sh -c 'echo stoppost $SERVICE_RESULT $EXIT_CODE >>DIR/log'
                    """);
            t.load();
            assertTrue(t.start("c").done(), t.world.log::toString);
            long pid = t.status("c").pid();
            assertTrue(t.run(Units.Action.RELOAD, "c").done());
            assertTrue(t.stop("c").done());
            assertEquals(java.util.List.of("pre two words", "start 1 1", "post " + pid, "reload", "stop", "stoppost success killed"),
                    Files.readAllLines(folder.resolve("log")));
            assertEquals("success", t.status("c").result());
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void aThousandShortServicesLeaveNothing(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("s@.service", "[Service]\nType=oneshot\nExecStart=/bin/true %i\n");
            t.load();
            for (int round = 0; round < 10; round++) {
                java.util.List<String> names = new java.util.ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    names.add("s@" + (round * 100 + i) + ".service");
                }
                for (var result : t.begin(Units.Action.START, names)) {
                    assertTrue(result.get().done(), t.world.log::toString);
                }
            }
            ProcessHandle spawn = ProcessHandle.current().children().filter(p -> p.info().command().orElse("").endsWith("/spawn")).findFirst().orElseThrow();
            t.await("no process", () -> spawn.children().count() == 0);
            t.await("no handle", () -> Path.of("/proc/" + spawn.pid() + "/fd").toFile().list().length < 12);
            if (t.hasGroups()) {
                Path base = Path.of(t.world.cgroups().orElseThrow().make(java.util.List.of("system.slice"), "x").getParent().toString());
                t.await("no control group", () -> base.toFile().listFiles(java.io.File::isDirectory).length == 1);
            }
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void conditionsSayWhyAUnitIsSkipped(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("skipped.service", "[Unit]\nConditionPathExists=DIR/none\n[Service]\nExecStart=/bin/sleep 1000\n");
            t.write("refused.service", "[Unit]\nAssertPathExists=DIR/none\n[Service]\nExecStart=/bin/sleep 1000\n");
            t.load();
            Units.JobResult skipped = t.start("skipped");
            assertEquals("skipped ConditionPathExists=" + folder + "/none does not hold", skipped.result() + " " + skipped.reason());
            assertTrue(skipped.done());
            Units.JobResult refused = t.start("refused");
            assertEquals("assert AssertPathExists=" + folder + "/none does not hold", refused.result() + " " + refused.reason());
            Files.createFile(folder.resolve("none"));
            assertTrue(t.start("skipped").done());
            assertEquals("active/running", t.state("skipped"));
            assertFalse(t.properties("skipped").containsKey("Unmet"));
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void watchdogEndsWhoIsSilent(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("w.service", "[Service]\nWatchdogSec=200ms\nExecStart=/bin/sleep 1000\n");
            t.load();
            assertTrue(t.start("w").done());
            t.awaitState("w", "failed/failed");
            assertEquals("watchdog", t.status("w").result());
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void startsThatTakeTooLong(boolean groups) throws Exception {
        try (TestUnits t = units(groups)) {
            t.write("slow.service", "[Service]\nType=oneshot\nTimeoutStartSec=200ms\nExecStart=/bin/sleep 1000\n");
            t.load();
            var result = t.start("slow");
            assertEquals("failed", result.result());
            assertEquals("timeout", t.status("slow").result());
        }
    }
}
