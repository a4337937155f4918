package org.cloudos.health.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
    @TempDir Path folder;

    private Result.Status memory(String meminfo) throws IOException {
        FormattingResultLog log = new FormattingResultLog();
        MemoryCheck.machine(log, Files.writeString(folder.resolve("meminfo"), meminfo));
        return new Result(log).getStatus();
    }

    @Test void theMachinesMemory() throws IOException {
        assertEquals(Result.Status.OK, memory("MemTotal: 1000 kB\nMemAvailable: 500 kB\n"));
        assertEquals(Result.Status.WARN, memory("MemTotal: 1000 kB\nMemAvailable: 40 kB\n"));
        assertEquals(Result.Status.CRITICAL, memory("MemTotal: 1000 kB\nMemAvailable: 10 kB\n"));
        assertEquals(Result.Status.WARN, memory("nothing of the kind"));
    }

    @Test void theHeapAfterACollection() {
        FormattingResultLog log = new FormattingResultLog();
        MemoryCheck.heap(log, "Tenured Gen", new MemoryUsage(0, 98, 100, 100));
        assertEquals(Result.Status.CRITICAL, new Result(log).getStatus());
    }

    @Test void theDataFolder() {
        Result good = new DataFolder(folder).execute();
        assertTrue(good.getStatus() == Result.Status.OK || good.getStatus() == Result.Status.WARN, good::toString);
        assertFalse(Files.exists(folder.resolve(".health")));
        assertEquals(Result.Status.CRITICAL, new DataFolder(folder.resolve("gone")).execute().getStatus());
    }

    @Test void threadsThatWaitForEachOther() throws Exception {
        assertEquals(Result.Status.OK, new Deadlocks().execute().getStatus());
        ReentrantLock a = new ReentrantLock();
        ReentrantLock b = new ReentrantLock();
        CyclicBarrier both = new CyclicBarrier(2);
        Thread first = Thread.ofPlatform().name("first").start(() -> cross(a, b, both));
        Thread second = Thread.ofPlatform().name("second").start(() -> cross(b, a, both));
        Result result = new Deadlocks().execute();
        while (result.getStatus() == Result.Status.OK) { // until both wait
            Thread.sleep(10);
            result = new Deadlocks().execute();
        }
        assertEquals(Result.Status.CRITICAL, result.getStatus());
        assertTrue(result.toString().contains("first"), result.toString());
        first.interrupt();
        second.interrupt();
        first.join();
        second.join();
    }

    private static void cross(ReentrantLock one, ReentrantLock other, CyclicBarrier both) {
        try {
            one.lock();
            both.await();
            other.lockInterruptibly();
        } catch (Exception e) {
            // ended
        }
    }
}
