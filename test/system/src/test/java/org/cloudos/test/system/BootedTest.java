package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a machine that QEMU emulates: one boot, much in it, and a second boot with the same disk. */
class BootedTest {
    private static final int SIGKILL = 9;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void theMainJob() throws Exception {
        try (Machine machine = Machine.booted(home, "server")) {
            MainJob job = new MainJob(machine);
            job.installsBundlesNobodyPlannedFor();
            job.deploysAServiceFromOutside();
            job.swapsUnderLoad();
            job.takesAnUnhealthyVersionBack();
            job.refusesWhatDoesNotResolve();
            readsTheKernelsFiles(machine);
            machine.ssh("os:kill --signal " + SIGKILL + " " + jvm(machine));
            machine.awaitReady();
            assertTrue(machine.consoleText().contains("JVM"), "init says that the JVM ended");
            job.stillHasEverything();
            job.losesThePowerDuringASwap();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private static long jvm(Machine machine) throws Exception {
        for (JsonElement process : machine.json("os:processes").getAsJsonArray()) {
            if (process.getAsJsonObject().get("self").getAsBoolean()) {
                return process.getAsJsonObject().get("pid").getAsLong();
            }
        }
        throw new AssertionError("os:processes does not show the JVM");
    }

    private static void readsTheKernelsFiles(Machine machine) throws Exception {
        assertTrue(machine.ssh("cat /proc/meminfo").expect(0).out().contains("MemAvailable:"));
        JsonObject memory = machine.json("os:memory").getAsJsonObject();
        assertTrue(memory.get("used").getAsLong() < memory.get("total").getAsLong(), memory.toString());
    }
}
