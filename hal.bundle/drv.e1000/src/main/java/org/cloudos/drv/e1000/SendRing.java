package org.cloudos.drv.e1000;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.net.NetQueue;

/**
 * Send descriptors: address(8) · length(2) · checksum offset(1) · command(1) · status(1) · checksum start(1) · special(2). §3.3.3. A frame longer than a
 * buffer goes in several.
 */
final class SendRing {
    static final int BUFFER = 2048, DESCRIPTOR = 16;
    private static final int LENGTH = 8, STATUS = 12, DONE = 1;
    private static final int END = 1 << 24, ADD_CHECK = 1 << 25, INSERT_CHECKSUM = 1 << 26, REPORT = 1 << 27;

    private final Mmio mmio;
    private final Dma dma;
    private final int size;
    private final DmaMemory ring;
    private final DmaMemory buffers;
    private int tail;
    private int clean;
    private int busy;
    private int unrung;
    private long frames;
    private long bytes;

    SendRing(Mmio mmio, Dma dma, int size) throws IOException {
        this.mmio = mmio;
        this.dma = dma;
        this.size = size;
        ring = dma.allocate((long) size * DESCRIPTOR, 4096);
        buffers = dma.allocate((long) size * BUFFER, 4096);
    }

    /** Sending must be off. */
    void start() {
        ring.memory().fill((byte) 0);
        tail = clean = busy = unrung = 0;
        mmio.write(Registers.TDBAL, (int) ring.address());
        mmio.write(Registers.TDBAH, (int) (ring.address() >>> 32));
        mmio.write(Registers.TDLEN, size * DESCRIPTOR);
        mmio.write(Registers.TDH, 0);
        mmio.write(Registers.TDT, 0);
    }

    boolean send(MemorySegment frame, int checksumStart, int checksumOffset) {
        int length = (int) frame.byteSize();
        int pieces = (length + BUFFER - 1) / BUFFER;
        if (size - 1 - busy < pieces) {
            clean();
            if (size - 1 - busy < pieces) {
                return false;
            }
        }
        boolean fill = checksumStart != NetQueue.NO_CHECKSUM;
        for (int done = 0; done < length; done += BUFFER) {
            int part = Math.min(BUFFER, length - done);
            long at = (long) tail * DESCRIPTOR;
            MemorySegment.copy(frame, done, buffers.memory(), (long) tail * BUFFER, part);
            ring.putLong(at, buffers.address() + (long) tail * BUFFER);
            ring.putInt(at + STATUS, fill ? checksumStart << 8 : 0);
            ring.putInt(at + LENGTH, part | (fill ? checksumStart + checksumOffset << 16 | INSERT_CHECKSUM : 0) | ADD_CHECK | REPORT
                    | (done + part == length ? END : 0));
            tail = tail + 1 == size ? 0 : tail + 1;
            busy++;
            unrung++;
        }
        frames++;
        bytes += length;
        return true;
    }

    private void clean() {
        while (busy > 0 && (ring.getInt((long) clean * DESCRIPTOR + STATUS) & DONE) != 0) {
            clean = clean + 1 == size ? 0 : clean + 1;
            busy--;
        }
    }

    void kick() {
        if (unrung > 0) {
            unrung = 0;
            mmio.write(Registers.TDT, tail);
        }
    }

    int sending() {
        clean();
        return busy;
    }

    /** Something was sent since. */
    boolean hasRoom() {
        return busy > 0 && (ring.getInt((long) clean * DESCRIPTOR + STATUS) & DONE) != 0;
    }

    boolean isFull() {
        return size - 1 - busy < 1;
    }

    long frames() {
        return frames;
    }

    long bytes() {
        return bytes;
    }

    void free() {
        dma.free(ring);
        dma.free(buffers);
    }
}
