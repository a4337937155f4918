package org.cloudos.drv.virtionet;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.hal.virtio.VirtQueue;

/** Frames on their way out, each behind its header as {@link ReceiveRing} has it. */
final class SendRing implements VirtQueue.Used {
    private static final int NEEDS_CHECKSUM = 1;

    private final VirtQueue queue;
    private final Dma dma;
    private final int size;
    private final int largest; // bytes of a frame
    private final DmaMemory memory;
    private final int[] free;
    private int freeCount;
    private long frames;
    private long bytes;

    /** @param size bytes of the largest frame with its header */
    SendRing(VirtQueue queue, Dma dma, int size) throws IOException {
        this.queue = queue;
        this.dma = dma;
        this.size = size + 7 & -8;
        largest = size - ReceiveRing.HEADER;
        memory = dma.allocate((long) queue.size() * this.size, 4096);
        free = new int[queue.size()];
        for (int i = 0; i < free.length; i++) {
            free[i] = i;
        }
        freeCount = free.length;
        queue.disarm();
    }

    boolean send(MemorySegment frame, int checksumStart, int checksumOffset) {
        int length = Math.toIntExact(frame.byteSize());
        if (length < 14 || length > largest) {
            throw new IllegalArgumentException("frame: expected 14 to " + largest + " bytes, found " + length);
        }
        if (freeCount == 0 || !queue.fits(1)) {
            queue.poll(this, free.length);
            if (freeCount == 0) {
                return false;
            }
        }
        int slot = free[--freeCount];
        long at = (long) slot * size;
        boolean fill = checksumStart != NetQueue.NO_CHECKSUM;
        memory.putShort(at, fill ? NEEDS_CHECKSUM : 0);
        memory.putShort(at + 2, 0);
        memory.putShort(at + 4, 0);
        memory.putShort(at + 6, fill ? checksumStart : 0);
        memory.putShort(at + 8, fill ? checksumOffset : 0);
        memory.putShort(at + 10, 0);
        MemorySegment.copy(frame, 0, memory.memory(), at + ReceiveRing.HEADER, length);
        queue.add(slot, memory.address() + at, ReceiveRing.HEADER + length, false);
        frames++;
        bytes += length;
        return true;
    }

    @Override public void used(int slot, int length) {
        free[freeCount++] = slot;
    }

    void kick() {
        queue.kick();
    }

    int sending() {
        queue.poll(this, free.length);
        return queue.underWay();
    }

    /** A full ring wants to hear that it has room, for more than a frame: each interrupt is worth many. */
    boolean arm() {
        return freeCount > 0 || queue.arm(Math.max(1, queue.underWay() * 3 / 4));
    }

    /** A full ring has room again. */
    boolean hasRoom() {
        return freeCount == 0 && queue.isUsed();
    }

    void disarm() {
        queue.disarm();
    }

    long frames() {
        return frames;
    }

    long bytes() {
        return bytes;
    }

    long errors() {
        return queue.strays();
    }

    void free() {
        queue.free();
        dma.free(memory);
    }
}
