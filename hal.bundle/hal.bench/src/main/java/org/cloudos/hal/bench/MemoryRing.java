package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg16;
import org.cloudos.hal.virtio.VirtQueue;

/** A ring, and a device that uses what it got in order and wants to hear of everything. Virtio 1.2 §2.7.8, §2.8.1. */
class MemoryRing implements RingWork, VirtQueue.Used {
    private static final int AVAILABLE = 1 << 7, USED = 1 << 15;
    private static final Reg16 BELL = Reg16.wo(0);

    static final class Identity implements Dma {
        private final Arena arena = Arena.ofAuto();
        private DmaMemory last;

        @Override public boolean isBounded() {
            return false;
        }

        @Override public DmaMemory allocate(long bytes, long alignment) {
            MemorySegment memory = arena.allocate(bytes, Math.max(alignment, 4096));
            last = new DmaMemory(memory, memory.address());
            return last;
        }

        @Override public void free(DmaMemory memory) { }

        @Override public long address(MemorySegment memory) {
            return memory.address();
        }
    }

    final VirtQueue queue;
    private final DmaMemory memory;
    private final boolean packed;
    private final int available;
    private final int used;
    private int next; // the device's
    private boolean wrap = true;
    int id;

    MemoryRing(long features) throws IOException {
        Identity dma = new Identity();
        Mmio register = new Mmio(Arena.ofAuto().allocate(8, 8));
        queue = VirtQueue.of(0, SIZE, features, dma, index -> register.write(BELL, index));
        memory = dma.last;
        packed = features != 0;
        available = (int) (queue.driverArea() - queue.descriptors());
        used = (int) (queue.deviceArea() - queue.descriptors());
    }

    @Override public void submit(int batch) {
        for (int i = 0; i < batch; i++) {
            queue.add(id, memory.address(), BLOCK, true);
            id = id + 1 & SIZE - 1;
        }
        queue.kick();
    }

    @Override public void device(int batch) {
        for (int i = 0; i < batch; i++) {
            if (packed) {
                memory.putShort(16L * next + 14, wrap ? AVAILABLE | USED : 0);
            } else {
                long at = used + 4 + 8L * (next & SIZE - 1);
                memory.putInt(at, memory.getShort(available + 4 + 2L * (next & SIZE - 1)));
                memory.putInt(at + 4, BLOCK);
            }
            next++;
            if (packed && next == SIZE) {
                next = 0;
                wrap = !wrap;
            }
        }
        if (!packed) {
            memory.putShort(used + 2, next);
        }
    }

    @Override public int complete(int batch) throws InterruptedException {
        return queue.poll(this, batch);
    }

    @Override public void used(int ended, int length) { }
}
