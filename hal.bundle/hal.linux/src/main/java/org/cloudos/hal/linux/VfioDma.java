package org.cloudos.hal.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;

/**
 * Memory that the I/O MMU lets a device reach. Device addresses are below 4 GiB, since some devices have no more bits, and beside where
 * x86 has interrupts.
 */
final class VfioDma implements Dma, AutoCloseable {
    private static final long FIRST = 0x1000_0000L, END = 0xf000_0000L, PAGE = 4096;

    private record Given(DmaMemory memory, MemorySegment pages, Arena arena) { }

    /** Sorted by our address, read without a lock. */
    private record Table(long[] starts, long[] ends, long[] addresses) {
        private static Table of(Map<Long, Given> given) {
            Given[] sorted = given.values().stream().sorted((a, b) -> Long.compareUnsigned(a.pages.address(), b.pages.address())).toArray(Given[]::new);
            return new Table(Arrays.stream(sorted).mapToLong(g -> g.pages.address()).toArray(),
                    Arrays.stream(sorted).mapToLong(g -> g.pages.address() + g.pages.byteSize()).toArray(),
                    Arrays.stream(sorted).mapToLong(g -> g.memory.address()).toArray());
        }
    }

    private final Devices devices;
    private final DeviceFile container;
    private final TreeMap<Long, Given> given = new TreeMap<>(); // by device address, guarded by this
    private volatile Table table = Table.of(Map.of());
    private boolean closed;

    VfioDma(Devices devices, DeviceFile container) {
        this.devices = devices;
        this.container = container;
    }

    @Override public boolean isBounded() {
        return true;
    }

    @Override public synchronized DmaMemory allocate(long bytes, long alignment) throws IOException {
        if (bytes <= 0 || bytes > END - FIRST || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("expected bytes over 0 and a power of 2, found " + bytes + " and " + alignment);
        }
        if (closed) {
            throw new IllegalStateException("the device was given back");
        }
        long size = bytes + PAGE - 1 & -PAGE;
        long address = gap(size, Math.max(alignment, PAGE));
        Arena arena = Arena.ofShared(); // a late access then throws, where it would end the process
        DmaMemory memory;
        try {
            MemorySegment pages = devices.pages(size, arena);
            Vfio.map(container, pages, address);
            memory = new DmaMemory(pages, address);
            given.put(address, new Given(memory, pages, arena));
        } catch (LinuxException e) {
            arena.close();
            throw e;
        }
        table = Table.of(given);
        return memory;
    }

    private long gap(long size, long alignment) throws IOException {
        long at = FIRST;
        for (Map.Entry<Long, Given> e : given.entrySet()) {
            if (e.getKey() - at >= size) {
                break;
            }
            at = e.getKey() + e.getValue().pages.byteSize() + alignment - 1 & -alignment;
        }
        if (at + size > END) {
            throw new IOException("device addresses: expected " + size + " bytes free of " + (END - FIRST) + ", found no gap");
        }
        return at;
    }

    @Override public synchronized void free(DmaMemory memory) {
        Given found = given.get(memory.address());
        if (found == null || found.pages.byteSize() != memory.size()) {
            throw new IllegalArgumentException("not given: " + memory.size() + " bytes at " + Long.toHexString(memory.address()));
        }
        given.remove(memory.address());
        table = Table.of(given);
        release(found);
    }

    private void release(Given g) {
        try {
            Vfio.unmap(container, g.memory.address(), g.pages.byteSize());
        } catch (LinuxException e) {
            return; // the device may still reach it: better lost than shared
        }
        g.arena.close();
    }

    @Override public long address(MemorySegment memory) {
        Table t = table;
        long at = memory.address();
        int i = Arrays.binarySearch(t.starts, at);
        if (i < 0) {
            i = -i - 2;
        }
        return i >= 0 && at + memory.byteSize() <= t.ends[i] ? t.addresses[i] + (at - t.starts[i]) : -1;
    }

    /** All goes; the device must be silent. */
    @Override public synchronized void close() {
        closed = true;
        table = Table.of(Map.of());
        given.values().forEach(this::release);
        given.clear();
    }
}
