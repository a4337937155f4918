package org.cloudos.hal.virtio;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;

/**
 * The packed ring: one ring of address(8) · length(4) · id(2) · flags(2), which we fill and the device overwrites; and two areas of offset and
 * wrap(2) · flags(2) that say who wants to hear. Virtio 1.2 §2.8.
 */
final class PackedQueue implements VirtQueue {
    private static final int AVAILABLE = 1 << 7, USED = 1 << 15, INDIRECT = 4;
    private static final int ENABLE = 0, DISABLE = 1, AT_EVENT = 2;

    private final int index;
    private final int size;
    private final boolean indirect;
    private final boolean events;
    private final Dma dma;
    private final Bell bell;
    private final DmaMemory memory;
    private final DmaMemory ring;
    private final DmaMemory driver;
    private final DmaMemory device;
    private final int[] lengths; // by id: descriptors that the request takes, 0 when the device doesn't have it
    private int next;
    private boolean wrap;
    private int seen;
    private boolean seenWrap;
    private int free;
    private int added;  // descriptors since the last kick
    private int busy;
    private long strays;

    PackedQueue(int index, int size, long features, Dma dma, Bell bell) throws IOException {
        this.index = index;
        this.size = size;
        this.indirect = (features & Feature.INDIRECT) != 0;
        this.events = (features & Feature.EVENT_INDEX) != 0;
        this.dma = dma;
        this.bell = bell;
        memory = dma.allocate(16L * size + 8, 4096);
        ring = memory.slice(0, 16L * size);
        driver = memory.slice(16L * size, 4);
        device = memory.slice(16L * size + 4, 4);
        lengths = new int[size];
        clear();
    }

    @Override public void clear() {
        memory.memory().fill((byte) 0);
        Arrays.fill(lengths, 0);
        next = seen = added = busy = 0;
        wrap = seenWrap = true;
        free = size;
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
        return free >= (indirect ? 1 : buffers);
    }

    @Override public void entry(DmaMemory table, int number, long address, int length, boolean writable, boolean last) {
        long at = (long) number * ENTRY;
        table.putLong(at, address);
        table.putInt(at + 8, length);
        table.putInt(at + 12, (writable ? WRITE : 0) << 16); // the table's length says where it ends
    }

    private int flags() {
        return wrap ? AVAILABLE : USED;
    }

    @Override public void add(int id, long address, int length, boolean writable) {
        one(id, address, length, writable ? WRITE : 0);
    }

    @Override public void add(int id, DmaMemory table, int buffers) {
        if (indirect) {
            one(id, table.address(), buffers * ENTRY, INDIRECT);
            return;
        }
        room(buffers);
        int first = next;
        int firstFlags = 0;
        for (int i = 0; i < buffers; i++) {
            long at = (long) i * ENTRY;
            int flags = table.getShort(at + 14) & WRITE | (i + 1 < buffers ? NEXT : 0) | flags();
            body(next, table.getLong(at), table.getInt(at + 8), id);
            if (i == 0) {
                firstFlags = flags;
            } else {
                ring.putShort(16L * next + 14, flags);
            }
            advance();
        }
        ring.putShort(16L * first + 14, firstFlags); // last: now the device sees the whole chain
        lengths[id] = buffers;
        busy++;
    }

    private void one(int id, long address, int length, int flags) {
        room(1);
        body(next, address, length, id);
        ring.putShort(16L * next + 14, flags | flags());
        advance();
        lengths[id] = 1;
        busy++;
    }

    private void room(int buffers) {
        if (free < buffers) {
            throw new IllegalStateException("the queue is full");
        }
        free -= buffers;
        added += buffers;
    }

    private void body(int slot, long address, int length, int id) {
        long at = 16L * slot;
        ring.putLong(at, address);
        ring.putInt(at + 8, length);
        ring.putShort(at + 12, id);
    }

    private void advance() {
        if (++next == size) {
            next = 0;
            wrap = !wrap;
        }
    }

    @Override public void kick() {
        if (added == 0) {
            return;
        }
        int count = added;
        added = 0;
        VarHandle.fullFence();
        int flags = device.getShort(2) & 3;
        boolean wanted = flags == ENABLE;
        if (flags == AT_EVENT && events) {
            int event = device.getShort(0);
            int at = event & 0x7fff;
            boolean sameTurn = (event >>> 15 != 0) == wrap;
            int position = sameTurn ? at : at - size;
            wanted = (next - position - 1 & 0xffff) < (count & 0xffff);
        }
        if (wanted) {
            bell.ring(index);
        }
    }

    @Override public boolean isUsed() {
        int flags = ring.getShort(16L * seen + 14);
        boolean a = (flags & AVAILABLE) != 0;
        boolean u = (flags & USED) != 0;
        return a == u && u == seenWrap;
    }

    @Override public int poll(Used sink, int most) {
        int found = 0;
        int limit = Math.min(most, size);
        while (limit-- > 0 && isUsed()) {
            long at = 16L * seen;
            int id = ring.getShort(at + 12);
            int length = ring.getInt(at + 8);
            if (id >= size || lengths[id] == 0) {
                strays++;
                skip(1);
                continue;
            }
            int count = lengths[id];
            lengths[id] = 0;
            skip(count);
            free += count;
            busy--;
            found++;
            sink.used(id, length);
        }
        return found;
    }

    private void skip(int count) {
        seen += count;
        if (seen >= size) {
            seen -= size;
            seenWrap = !seenWrap;
        }
    }

    @Override public boolean arm() {
        if (events) {
            driver.putShort(0, seen | (seenWrap ? 1 << 15 : 0));
            driver.putShort(2, AT_EVENT);
        } else {
            driver.putShort(2, ENABLE);
        }
        VarHandle.fullFence();
        return !isUsed();
    }

    @Override public void disarm() {
        driver.putShort(2, DISABLE);
    }

    @Override public long strays() {
        return strays;
    }

    @Override public long descriptors() {
        return ring.address();
    }

    @Override public long driverArea() {
        return driver.address();
    }

    @Override public long deviceArea() {
        return device.address();
    }

    @Override public void free() {
        dma.free(memory);
    }
}
