package org.cloudos.hal.machine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** Physical addresses. A service. Thread-safe. */
@ProviderType
public interface PhysicalMemory {
    /**
     * A range of the map.
     *
     * @param use what is there, such as {@code System RAM}, {@code PCI Bus 0000:00}; addresses are 0 without the right to see them
     */
    record Range(long first, long last, int depth, String use) { }

    /** What lies where, a range before those inside of it. */
    List<Range> map();

    /**
     * Maps device memory that is not behind PCI: a text screen, registers of a platform device.
     *
     * @throws DeviceException {@code UNAVAILABLE} without the right, for memory of the system, and for registers that Linux keeps for a
     *                         driver of its own
     */
    MappedRange map(long address, long bytes) throws DeviceException;

    /**
     * The physical address behind ours. It may change any time unless the memory is locked and of huge pages.
     *
     * @return -1 when there is no memory behind it now
     * @throws DeviceException {@code UNAVAILABLE} without the right to know ({@code CAP_SYS_ADMIN})
     */
    long physical(MemorySegment memory) throws DeviceException;
}
