package org.cloudos.linux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
