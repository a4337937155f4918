package org.cloudos.linux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.cloudos.linux.LinuxException;
import org.junit.jupiter.api.Test;

class KillCallTest {
    private static final int SIGKILL = 9;
    private final KillCall kill = new KillCall();

    @Test
    void killsAProcess() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "600").start();
        kill.send(sleeper.pid(), SIGKILL);
        assertTrue(sleeper.waitFor(1, TimeUnit.MINUTES));
        assertEquals(128 + SIGKILL, sleeper.exitValue());
    }

    @Test
    void saysThatAProcessIsGone() throws Exception {
        Process done = new ProcessBuilder("true").start();
        done.waitFor();
        LinuxException e = assertThrows(LinuxException.class, () -> kill.send(done.pid(), 0));
        assertEquals("kill " + done.pid() + ": no such process (errno 3)", e.getMessage());
    }

    @Test
    void refusesGroupsAndStrangeSignals() {
        assertThrows(IllegalArgumentException.class, () -> kill.send(-1, SIGKILL));
        assertThrows(IllegalArgumentException.class, () -> kill.send(0, SIGKILL));
        assertThrows(IllegalArgumentException.class, () -> kill.send(1, 65));
    }
}
