package org.cloudos.drv.e1000;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.net.NetQueue.Receiver;

/**
 * Receive descriptors: address(8) · length(2) · checksum(2) · status(1) · errors(1) · special(2). A frame longer than a buffer lies in several, the
 * last of which says so. §3.2.3.
 */
final class ReceiveRing {
    static final int BUFFER = 2048, DESCRIPTOR = 16;
    private static final int STATUS = 12, DONE = 1, END = 2, NOT_CHECKED = 4, CHECKED = 1 << 5, TRANSPORT_ERROR = 1 << 5, BAD_FRAME = 0x97;

    private final Mmio mmio;
    private final Dma dma;
    private final int size;
    private final DmaMemory ring;
    private final DmaMemory buffers;
    private final MemorySegment[] parts; // of the buffers: a frame allocates nothing
    private final MemorySegment whole;
    private int next;
    private int filled;
    private boolean spoilt;
    private long frames;
    private long bytes;
    private long errors;

    ReceiveRing(Mmio mmio, Dma dma, int size, int largest, Arena arena) throws IOException {
        this.mmio = mmio;
        this.dma = dma;
        this.size = size;
        ring = dma.allocate((long) size * DESCRIPTOR, 4096);
        buffers = dma.allocate((long) size * BUFFER, 4096);
        parts = new MemorySegment[size];
        for (int i = 0; i < size; i++) {
            parts[i] = buffers.memory().asSlice((long) i * BUFFER, BUFFER);
        }
        whole = arena.allocate(largest, 8);
    }

    /** Receiving must be off. */
    void start() {
        for (int i = 0; i < size; i++) {
            ring.putLong((long) i * DESCRIPTOR, buffers.address() + (long) i * BUFFER);
            ring.putLong((long) i * DESCRIPTOR + 8, 0);
        }
        next = 0;
        filled = 0;
        mmio.write(Registers.RDBAL, (int) ring.address());
        mmio.write(Registers.RDBAH, (int) (ring.address() >>> 32));
        mmio.write(Registers.RDLEN, size * DESCRIPTOR);
        mmio.write(Registers.RDH, 0);
        mmio.write(Registers.RDT, 0);
    }

    /** Gives the device all buffers. Receiving must be on: a buffer before is none that it may fill. */
    void fill() {
        mmio.write(Registers.RDT, size - 1);
    }

    boolean hasMore() {
        return (ring.getInt((long) next * DESCRIPTOR + STATUS) & DONE) != 0;
    }

    int receive(int most, Receiver to) {
        int found = 0;
        int given = -1;
        for (int seen = 0; seen < size && found < most; seen++) {
            long at = (long) next * DESCRIPTOR;
            int status = ring.getInt(at + STATUS);
            if ((status & DONE) == 0) {
                break;
            }
            found += take(next, Math.min(ring.getShort(at + 8), BUFFER), status, to);
            ring.putInt(at + STATUS, 0);
            given = next;
            next = next + 1 == size ? 0 : next + 1;
        }
        if (given >= 0) {
            mmio.write(Registers.RDT, given);
        }
        return found;
    }

    private int take(int slot, int length, int status, Receiver to) {
        MemorySegment buffer = parts[slot];
        int bad = status >>> 8;
        boolean end = (status & END) != 0;
        spoilt |= (bad & BAD_FRAME) != 0 || filled + length > whole.byteSize();
        boolean checked = (status & NOT_CHECKED) == 0 && (status & CHECKED) != 0 && (bad & TRANSPORT_ERROR) == 0;
        if (end && filled == 0 && !spoilt) {
            return hand(buffer, length, checked, to);
        }
        if (!spoilt) {
            MemorySegment.copy(buffer, 0, whole, filled, length);
            filled += length;
        }
        if (!end) {
            return 0;
        }
        int size = filled;
        filled = 0;
        if (spoilt) {
            spoilt = false;
            errors++;
            return 0;
        }
        return hand(whole, size, checked, to);
    }

    private int hand(MemorySegment in, int length, boolean checked, Receiver to) {
        frames++;
        bytes += length;
        to.frame(in, 0, length, checked);
        return 1;
    }

    long frames() {
        return frames;
    }

    long bytes() {
        return bytes;
    }

    long errors() {
        return errors;
    }

    void free() {
        dma.free(ring);
        dma.free(buffers);
    }
}
