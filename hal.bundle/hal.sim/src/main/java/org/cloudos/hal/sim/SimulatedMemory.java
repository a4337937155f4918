package org.cloudos.hal.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;

/** A device's memory behind an I/O MMU: what the driver did not give can't be reached, and is told as the test's failure. */
public final class SimulatedMemory implements Dma {
    private static final long PAGE = 4096;
    private final Map<Long, DmaMemory> given = new ConcurrentHashMap<>();
    private long next = 0x10_0000; // guarded by this

    /** As the device sees it. @throws AssertionError for what the driver did not give */
    public DmaMemory at(long address, long size) {
        for (DmaMemory m : given.values()) {
            if (address >= m.address() && address + size <= m.address() + m.size()) {
                return m.slice(address - m.address(), size);
            }
        }
        throw new AssertionError("the driver gave " + size + " bytes at " + Long.toHexString(address) + ", which are nobody's");
    }

    /** Pieces that the driver has. */
    public int given() {
        return given.size();
    }

    @Override public boolean isBounded() {
        return true;
    }

    @Override public synchronized DmaMemory allocate(long bytes, long alignment) {
        next = next + alignment - 1 & -alignment;
        DmaMemory m = new DmaMemory(Arena.ofAuto().allocate(bytes, PAGE), next);
        next += (bytes + PAGE - 1 & -PAGE) + PAGE;
        given.put(m.address(), m);
        return m;
    }

    @Override public void free(DmaMemory m) {
        if (given.remove(m.address()) == null) {
            throw new AssertionError("freed twice: " + Long.toHexString(m.address()));
        }
    }

    @Override public long address(MemorySegment segment) {
        long begin = Allocation.begin();
        try {
            return find(segment);
        } finally {
            Allocation.end(begin);
        }
    }

    private long find(MemorySegment segment) {
        return given.values().stream().filter(m -> segment.address() >= m.memory().address()
                && segment.address() + segment.byteSize() <= m.memory().address() + m.size())
                .mapToLong(m -> m.address() + segment.address() - m.memory().address()).findFirst().orElse(-1);
    }
}
