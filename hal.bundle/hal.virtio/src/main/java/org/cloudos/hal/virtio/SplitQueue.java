package org.cloudos.hal.virtio;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;

/**
 * The split ring. Descriptors: address(8) · length(4) · flags(2) · next(2). Available: flags(2) · index(2) · heads(2 each) · used event(2). Used:
 * flags(2) · index(2) · id(4) and length(4) each · available event(2). Virtio 1.2 §2.7.
 */
final class SplitQueue implements VirtQueue {
    private static final int INDIRECT = 4, NO_INTERRUPT = 1, NO_NOTIFY = 1, NONE = -1;

    private final int index;
    private final int size;
    private final boolean indirect;
    private final boolean events;
    private final Dma dma;
    private final Bell bell;
    private final DmaMemory memory;
    private final DmaMemory descriptors;
    private final DmaMemory available;
    private final DmaMemory used;
    private final int[] owners;   // by head descriptor: the request's id, or NONE
    private final int[] following; // free descriptors, and chains
    private int firstFree;
    private int freeCount;
    private int added;
    private int kicked;
    private int seen;
    private int busy;
    private long strays;

    SplitQueue(int index, int size, long features, Dma dma, Bell bell) throws IOException {
        this.index = index;
        this.size = size;
        this.indirect = (features & Feature.INDIRECT) != 0;
        this.events = (features & Feature.EVENT_INDEX) != 0;
        this.dma = dma;
        this.bell = bell;
        long availableAt = 16L * size;
        long usedAt = availableAt + 6 + 2L * size + 3 & -4;
        memory = dma.allocate(usedAt + 6 + 8L * size, 4096);
        descriptors = memory.slice(0, availableAt);
        available = memory.slice(availableAt, 6 + 2L * size);
        used = memory.slice(usedAt, 6 + 8L * size);
        owners = new int[size];
        following = new int[size];
        clear();
    }

    @Override public void clear() {
        memory.memory().fill((byte) 0);
        Arrays.fill(owners, NONE);
        for (int i = 0; i < size; i++) {
            following[i] = i + 1;
        }
        firstFree = added = kicked = seen = busy = 0;
        freeCount = size;
    }

    @Override public int index() {
        return index;
    }

    @Override public int size() {
        return size;
    }

    @Override public int underWay() {
        return busy;
    }

    @Override public boolean fits(int buffers) {
        return freeCount >= (indirect ? 1 : buffers);
    }

    @Override public void entry(DmaMemory table, int number, long address, int length, boolean writable, boolean last) {
        long at = (long) number * ENTRY;
        table.putLong(at, address);
        table.putInt(at + 8, length);
        table.putInt(at + 12, (writable ? WRITE : 0) | (last ? 0 : NEXT) | number + 1 << 16);
    }

    private int take() {
        if (freeCount == 0) {
            throw new IllegalStateException("the queue is full");
        }
        int descriptor = firstFree;
        firstFree = following[descriptor];
        freeCount--;
        return descriptor;
    }

    private void describe(int descriptor, long address, int length, int flags, int next) {
        long at = 16L * descriptor;
        descriptors.putLong(at, address);
        descriptors.putInt(at + 8, length);
        descriptors.putInt(at + 12, flags | next << 16);
    }

    @Override public void add(int id, long address, int length, boolean writable) {
        int head = take();
        describe(head, address, length, writable ? WRITE : 0, 0);
        following[head] = NONE;
        publish(head, id);
    }

    @Override public void add(int id, DmaMemory table, int buffers) {
        if (indirect) {
            int head = take();
            describe(head, table.address(), buffers * ENTRY, INDIRECT, 0);
            following[head] = NONE;
            publish(head, id);
            return;
        }
        int head = NONE;
        int previous = NONE;
        for (int i = 0; i < buffers; i++) {
            int descriptor = take();
            long at = (long) i * ENTRY;
            describe(descriptor, table.getLong(at), table.getInt(at + 8), table.getShort(at + 12) & WRITE, 0);
            following[descriptor] = NONE;
            if (previous == NONE) {
                head = descriptor;
            } else {
                descriptors.putInt(16L * previous + 12, descriptors.getShort(16L * previous + 12) | NEXT | descriptor << 16);
                following[previous] = descriptor;
            }
            previous = descriptor;
        }
        publish(head, id);
    }

    private void publish(int head, int id) {
        owners[head] = id;
        busy++;
        available.putShort(4 + 2L * (added & size - 1), head);
        added++;
        available.putShort(2, added); // released after the head and its descriptors
    }

    @Override public void kick() {
        if (added == kicked) {
            return;
        }
        int before = kicked;
        kicked = added;
        VarHandle.fullFence(); // the index is there before we look whether the device still wants to hear
        boolean wanted;
        if (events) {
            int event = used.getShort(4 + 8L * size);
            wanted = (added - event - 1 & 0xffff) < (added - before & 0xffff);
        } else {
            wanted = (used.getShort(0) & NO_NOTIFY) == 0;
        }
        if (wanted) {
            bell.ring(index);
        }
    }

    @Override public int poll(Used sink, int most) {
        int found = 0;
        int limit = Math.min(most, size); // a device that turns its index wildly is not followed for ever
        while (isUsed() && limit-- > 0) {
            long at = 4 + 8L * (seen & size - 1);
            int head = used.getInt(at);
            int length = used.getInt(at + 4);
            seen++;
            if (head < 0 || head >= size || owners[head] == NONE) {
                strays++;
                continue;
            }
            int id = owners[head];
            owners[head] = NONE;
            release(head);
            busy--;
            found++;
            sink.used(id, length);
        }
        return found;
    }

    private void release(int head) {
        int last = head;
        freeCount++;
        while (following[last] != NONE) {
            last = following[last];
            freeCount++;
        }
        following[last] = firstFree;
        firstFree = head;
    }

    @Override public boolean isUsed() {
        return used() != 0;
    }

    private int used() {
        return used.getShort(2) - seen & 0xffff;
    }

    @Override public boolean arm() {
        return arm(1);
    }

    @Override public boolean arm(int uses) {
        if (events) {
            available.putShort(4 + 2L * size, seen + uses - 1);
        } else {
            available.putShort(0, 0);
        }
        VarHandle.fullFence();
        return used() < uses;
    }

    @Override public void disarm() {
        if (events) {
            available.putShort(4 + 2L * size, seen - 1); // behind: reached only after a turn of all numbers
        } else {
            available.putShort(0, NO_INTERRUPT);
        }
    }

    @Override public long strays() {
        return strays;
    }

    @Override public long descriptors() {
        return descriptors.address();
    }

    @Override public long driverArea() {
        return available.address();
    }

    @Override public long deviceArea() {
        return used.address();
    }

    @Override public void free() {
        dma.free(memory);
    }
}
