package org.cloudos.linux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.cloudos.linux.device.EventCounter;
import org.junit.jupiter.api.Test;

class DeviceCallsTest {
    private final Devices devices = new DeviceCalls();

    @Test void aCounterCountsAndWaitsOnlySoLong() throws Exception {
        try (EventCounter counter = devices.counter()) {
            assertEquals(0, counter.take(1));
            counter.add();
            counter.add();
            assertEquals(2, counter.take(60_000_000_000L));
            assertEquals(0, counter.take(1));
        }
    }

    /** Drivers wait there for each request; the tests run without escape analysis. */
    @Test void aWaitAllocatesNothing() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        try (EventCounter counter = devices.counter()) {
            for (int round = 0; round < 10 && least > 1000; round++) { // classes are loaded and calls are linked in the first
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 2000; i++) {
                    counter.add();
                    assertEquals(1, counter.take(60_000_000_000L));
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
        }
        assertTrue(least <= 1000, "expected that 2000 waits allocate nothing, found " + least + " bytes");
    }

    @Test void pagesAreZeroAndGoWithTheirArena() throws Exception {
        MemorySegment pages;
        try (Arena arena = Arena.ofConfined()) {
            pages = devices.pages(5000, arena);
            assertEquals(8192, pages.byteSize());
            assertEquals(0, pages.address() % 4096);
            assertEquals(0, pages.get(ValueLayout.JAVA_LONG, 8184));
        }
        assertThrows(IllegalStateException.class, () -> pages.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test void aDeviceIsReadAndItsErrorsHaveNames() throws Exception {
        try (DeviceFile zero = devices.open("/dev/zero"); Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(16).fill((byte) 1);
            assertEquals(16, zero.read(0, bytes));
            assertEquals(0, bytes.get(ValueLayout.JAVA_LONG, 8));
            LinuxException e = assertThrows(LinuxException.class, () -> zero.control(0x3b64, 0));
            assertEquals(25, e.errno());
        }
        assertEquals(2, assertThrows(LinuxException.class, () -> devices.open("/dev/no-such-device")).errno());
        assertEquals(2, assertThrows(LinuxException.class, () -> devices.loadModule("no_such_module")).errno());
    }
}
