package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The main job in a JVM on this machine. */
class HostedTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void theMainJob() throws Exception {
        try (Machine machine = Machine.hosted(home, "server")) {
            MainJob job = new MainJob(machine);
            job.installsBundlesNobodyPlannedFor();
            job.deploysAServiceFromOutside();
            job.swapsUnderLoad();
            job.takesAnUnhealthyVersionBack();
            job.refusesWhatDoesNotResolve();
            job.losesThePowerDuringASwap();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    @Test
    void aSecondSystemOnTheSamePortSaysSo() throws Exception {
        try (Machine machine = Machine.hosted(home, "minimal")) {
            Command second;
            int seconds = 10; // until it has tried the port
            do {
                second = Command.cloudos(home, Limits.START, "run", "minimal", "--port", Integer.toString(machine.port()), "--data",
                        home.resolve("second").toString(), "--exec", "sleep " + seconds, "--exec", "os:status");
                seconds *= 4;
            } while (!second.all().contains(Integer.toString(machine.port())) && seconds <= 160);
            assertTrue(second.all().contains(Integer.toString(machine.port())), second.toString());
        }
    }
}
