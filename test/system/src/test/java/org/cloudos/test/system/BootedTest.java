package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a machine that QEMU emulates: one boot, much in it, and a second boot with the same disk. */
class BootedTest {
    private static final int SIGKILL = 9;

    @TempDir
    Path home;

    @Test
    void theMainJob() throws Exception {
        try (Machine machine = Machine.booted(home, "server")) {
            MainJob job = new MainJob(machine);
            job.installsBundlesNobodyPlannedFor();
            job.deploysAServiceFromOutside();
            job.swapsUnderLoad(300);
            job.takesAnUnhealthyVersionBack();
            job.refusesWhatDoesNotResolve();
            readsTheKernelsFiles(machine);
            long jvm = machine.json("os:status").getAsJsonObject().get("pid").getAsLong();
            machine.ssh("os:kill --signal " + SIGKILL + " " + jvm);
            machine.awaitReady();
            assertTrue(machine.consoleText().contains("JVM"), "init says that the JVM ended");
            job.stillHasEverything();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
            machine.start();
            job.stillHasEverything();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private static void readsTheKernelsFiles(Machine machine) throws Exception {
        assertTrue(machine.ssh("cat /proc/meminfo").expect(0).out().contains("MemAvailable:"));
        JsonObject memory = machine.json("os:memory").getAsJsonObject();
        assertTrue(memory.get("used").getAsLong() < memory.get("total").getAsLong(), memory.toString());
    }
}
