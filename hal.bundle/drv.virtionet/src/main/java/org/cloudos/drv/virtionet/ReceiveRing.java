package org.cloudos.drv.virtionet;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.net.NetQueue.Receiver;
import org.cloudos.hal.virtio.VirtQueue;

/**
 * Buffers for frames to come. Each frame follows a header: flags(1) · segmentation(1) · header length(2) · segment size(2) · checksum start(2) · checksum
 * offset(2) · buffers(2). A frame in several buffers is put together. Virtio 1.2 §5.1.6.
 */
final class ReceiveRing implements VirtQueue.Used {
    static final int HEADER = 12;
    private static final int BUFFERS = 10, FLAGS = 0, DATA_VALID = 2;

    private final VirtQueue queue;
    private final Dma dma;
    private final int size;
    private final DmaMemory memory;
    private final MemorySegment[] buffers; // its parts: a frame allocates nothing
    private final MemorySegment whole; // where frames of several buffers are put together
    private Receiver receiver;
    private int handed;
    private long frames;
    private long bytes;
    private long errors;
    private int missing; // buffers that still belong to the frame in whole
    private int filled;
    private boolean checked;
    private boolean ended;

    /** @param size bytes of a buffer, header included */
    ReceiveRing(VirtQueue queue, Dma dma, int size, int largest, java.lang.foreign.Arena arena) throws IOException {
        this.queue = queue;
        this.dma = dma;
        this.size = size;
        memory = dma.allocate((long) queue.size() * size, 4096);
        buffers = new MemorySegment[queue.size()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = memory.memory().asSlice((long) i * size, size);
        }
        whole = arena.allocate(largest + (long) size, 8);
        queue.disarm();
    }

    /** Gives the device all buffers. */
    void fill() {
        for (int i = 0; i < queue.size(); i++) {
            give(i);
        }
        queue.kick();
    }

    private void give(int slot) {
        queue.add(slot, memory.address() + (long) slot * size, size, true);
    }

    int receive(int most, Receiver to) {
        receiver = to;
        handed = 0;
        queue.poll(this, most);
        receiver = null;
        queue.kick();
        return handed;
    }

    /** What the device left, which is silent now and gets no buffer any more. */
    void end(Receiver to) {
        ended = true;
        receive(Integer.MAX_VALUE, to);
    }

    @Override public void used(int slot, int claimed) {
        int length = Math.clamp(claimed, 0, size); // whatever the device says
        MemorySegment buffer = buffers[slot];
        if (missing > 0) {
            add(buffer, 0, length);
            finish();
        } else if (length < HEADER) {
            errors++;
        } else {
            long header = (long) slot * size;
            int count = memory.getShort(header + BUFFERS);
            checked = (memory.getShort(header + FLAGS) & DATA_VALID) != 0;
            if (count <= 1) {
                hand(buffer, HEADER, length - HEADER);
            } else {
                missing = count;
                filled = 0;
                add(buffer, HEADER, length - HEADER);
                finish();
            }
        }
        if (!ended) {
            give(slot);
        }
    }

    private void add(MemorySegment buffer, int offset, int length) {
        missing--;
        if (filled + length <= whole.byteSize()) {
            MemorySegment.copy(buffer, offset, whole, filled, length);
        }
        filled += length;
    }

    private void finish() {
        if (missing == 0) {
            if (filled <= whole.byteSize()) {
                hand(whole, 0, filled);
            } else {
                errors++;
            }
        }
    }

    private void hand(MemorySegment in, int offset, int length) {
        frames++;
        bytes += length;
        handed++;
        receiver.frame(in, offset, length, checked);
    }

    boolean hasMore() {
        return queue.isUsed();
    }

    boolean arm() {
        return queue.arm();
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
        return errors + queue.strays();
    }

    void free() {
        queue.free();
        dma.free(memory);
    }
}
