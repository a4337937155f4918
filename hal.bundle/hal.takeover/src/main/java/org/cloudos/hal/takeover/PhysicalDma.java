package org.cloudos.hal.takeover;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.Devices;

/**
 * Memory by its physical addresses: huge pages, which Linux neither moves nor swaps, cut into pieces. Nothing keeps the device inside of
 * it. A piece lies in one huge page, or in several that happen to lie behind each other.
 */
public final class PhysicalDma implements Dma, AutoCloseable {
    private static final long HUGE = 2 << 20, PAGE = 4096, LARGEST = 64 << 20;
    private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages"), FREE = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");

    /** Huge pages at one stretch, and what of them is given: offset to bytes. */
    private record Chunk(MemorySegment memory, long physical, Arena arena, TreeMap<Long, Long> given) {
        /** @return the offset of a gap, or -1 */
        long gap(long bytes, long alignment) {
            long at = 0;
            for (Map.Entry<Long, Long> e : given.entrySet()) {
                if (e.getKey() - at >= bytes) {
                    return at;
                }
                at = e.getKey() + e.getValue() + alignment - 1 & -alignment;
            }
            return at + bytes <= memory.byteSize() ? at : -1;
        }
    }

    private final Devices devices;
    private final ToLongFunction<MemorySegment> translation;
    private volatile List<Chunk> chunks = List.of(); // changed under this, as the rest; read without a lock
    private boolean closed;

    /** @param translation the physical address behind ours, or -1 */
    public PhysicalDma(Devices devices, ToLongFunction<MemorySegment> translation) {
        this.devices = devices;
        this.translation = translation;
    }

    @Override public boolean isBounded() {
        return false;
    }

    @Override public synchronized DmaMemory allocate(long bytes, long alignment) throws IOException {
        if (bytes <= 0 || bytes > LARGEST || Long.bitCount(alignment) != 1 || alignment > HUGE) {
            throw new IllegalArgumentException("expected bytes over 0 up to " + LARGEST + " and a power of 2 up to " + HUGE + ", found " + bytes + " and "
                    + alignment);
        }
        if (closed) {
            throw new IllegalStateException("the device was given back");
        }
        long size = bytes + PAGE - 1 & -PAGE;
        for (Chunk chunk : chunks) {
            long at = chunk.gap(size, Math.max(alignment, PAGE));
            if (at >= 0) {
                return give(chunk, at, size);
            }
        }
        Chunk fresh = chunk(size + HUGE - 1 & -HUGE);
        List<Chunk> next = new ArrayList<>(chunks);
        next.add(fresh);
        chunks = List.copyOf(next);
        return give(fresh, 0, size);
    }

    private static DmaMemory give(Chunk chunk, long at, long size) {
        chunk.given.put(at, size);
        MemorySegment memory = chunk.memory.asSlice(at, size);
        memory.fill((byte) 0);
        return new DmaMemory(memory, chunk.physical + at);
    }

    private Chunk chunk(long size) throws IOException {
        reserve(size / HUGE);
        Arena arena = Arena.ofShared();
        boolean kept = false;
        try {
            MemorySegment memory = devices.pages(size, arena);
            long physical = translation.applyAsLong(memory.asSlice(0, 1));
            if (physical < 0) {
                throw new IOException("memory for a device without an I/O MMU: expected to be told its physical address, was not: the profile needs the bundle"
                        + " org.cloudos.hal.host, and its process the capability CAP_SYS_ADMIN");
            }
            for (long at = 0; at < size; at += at % HUGE == 0 ? PAGE : HUGE - PAGE) { // both ends of each: small pages lie anywhere
                if (physical % HUGE != 0 || translation.applyAsLong(memory.asSlice(at, 1)) != physical + at) {
                    throw new IOException("memory for a device without an I/O MMU: expected " + size
                            + " bytes of huge pages at one stretch, found none; reserve some with"
                            + " hugepages=N on the kernel's command line");
                }
            }
            kept = true;
            return new Chunk(memory, physical, arena, new TreeMap<>());
        } catch (LinuxException e) {
            throw new IOException("memory for a device without an I/O MMU: " + e.getMessage(), e);
        } finally {
            if (!kept) {
                arena.close();
            }
        }
    }

    /** Asks Linux for huge pages where too few are free; it may give fewer, which the caller sees. */
    private static void reserve(long pages) {
        try {
            long free = Long.parseLong(Files.readString(FREE).strip()), all = Long.parseLong(Files.readString(RESERVED).strip());
            if (free < pages) {
                Files.write(RESERVED, Long.toString(all + pages - free).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException | NumberFormatException e) {
            return; // none of them here: the caller finds small pages
        }
    }

    @Override public synchronized void free(DmaMemory memory) {
        for (Chunk chunk : chunks) {
            long at = memory.address() - chunk.physical;
            if (Long.valueOf(memory.size()).equals(chunk.given.get(at))) {
                chunk.given.remove(at);
                return;
            }
        }
        throw new IllegalArgumentException("not given: " + memory.size() + " bytes at " + Long.toHexString(memory.address()));
    }

    @Override public long address(MemorySegment memory) {
        long at = memory.address();
        for (Chunk chunk : chunks) {
            long start = chunk.memory.address();
            if (at >= start && at + memory.byteSize() <= start + chunk.memory.byteSize()) {
                return chunk.physical + (at - start);
            }
        }
        return -1;
    }

    /** All goes; the device must be silent. */
    @Override public synchronized void close() {
        closed = true;
        List<Chunk> last = chunks;
        chunks = List.of();
        last.forEach(c -> c.arena.close());
    }
}
