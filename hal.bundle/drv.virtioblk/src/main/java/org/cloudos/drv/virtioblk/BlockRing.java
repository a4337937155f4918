package org.cloudos.drv.virtioblk;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.Slots;
import org.cloudos.hal.virtio.VirtQueue;

/**
 * A request queue. Each slot has 128 bytes: 0 table(48) · 64 request: type(4) · reserved(4) · sector(8) · 80 range of a discard: sector(8) · sectors(4) ·
 * flags(4) · 96 status(1). Virtio 1.2 §5.2.6.
 */
final class BlockRing implements RequestQueue.Ring, VirtQueue.Used {
    private static final int SLOT = 128, REQUEST = 64, RANGE = 80, STATUS = 96;
    private static final int IN = 0, OUT = 1, FLUSH = 4, DISCARD = 11, WRITE_ZEROES = 13;
    private static final int OK = 0, UNSUPPORTED = 2, NOT_SET = 0xff;

    final VirtQueue queue;
    private final int blockShift;
    private final boolean flushes;
    private final Interrupt interrupt;
    private final AtomicLong errors;
    private final Dma dma;
    private final DmaMemory slots;
    private final DmaMemory[] tables;
    private Ends sink;

    BlockRing(VirtQueue queue, Configuration configuration, Interrupt interrupt, Dma dma, AtomicLong errors, int depth) throws IOException {
        this.queue = queue;
        this.blockShift = Integer.numberOfTrailingZeros(configuration.geometry().blockSize() / Configuration.SECTOR);
        this.flushes = configuration.geometry().volatileCache();
        this.interrupt = interrupt;
        this.errors = errors;
        this.dma = dma;
        slots = dma.allocate((long) depth * SLOT, SLOT);
        tables = new DmaMemory[depth];
        for (int i = 0; i < depth; i++) {
            tables[i] = slots.slice((long) i * SLOT, SLOT);
        }
        queue.disarm();
    }

    @Override public int depth() {
        return tables.length;
    }

    @Override public void issue(int slot, Slots requests, long address) {
        Op op = requests.op(slot);
        DmaMemory t = tables[slot];
        long sector = requests.block(slot) << blockShift;
        int sectors = (int) (requests.count(slot) << blockShift);
        boolean range = op == Op.DISCARD || op == Op.WRITE_ZEROES;
        t.putInt(REQUEST, type(op));
        t.putInt(REQUEST + 4, 0);
        t.putLong(REQUEST + 8, range || op == Op.FLUSH ? 0 : sector);
        t.memory().set(ValueLayout.JAVA_BYTE, STATUS, (byte) NOT_SET);
        queue.entry(t, 0, t.address() + REQUEST, 16, false, false);
        int next = 1;
        if (range) {
            t.putLong(RANGE, sector);
            t.putInt(RANGE + 8, sectors);
            t.putInt(RANGE + 12, 0);
            queue.entry(t, next++, t.address() + RANGE, 16, false, false);
        } else if (op != Op.FLUSH) {
            queue.entry(t, next++, address, sectors * Configuration.SECTOR, op == Op.READ, false);
        }
        queue.entry(t, next++, t.address() + STATUS, 1, true, true);
        queue.add(slot, t, next);
    }

    private int type(Op op) {
        return switch (op) {
            case READ -> IN;
            case WRITE, WRITE_THROUGH -> OUT;
            case FLUSH -> flushes ? FLUSH : IN;
            case DISCARD -> DISCARD;
            case WRITE_ZEROES -> WRITE_ZEROES;
        };
    }

    @Override public void ring() {
        queue.kick();
    }

    @Override public int poll(Ends ends) {
        sink = ends;
        return queue.poll(this, queue.size());
    }

    @Override public void used(int id, int length) {
        int status = tables[id].memory().get(ValueLayout.JAVA_BYTE, STATUS) & 0xff;
        if (status != OK) {
            errors.incrementAndGet();
        }
        sink.ended(id, switch (status) {
            case OK -> BlockStatus.OK;
            case UNSUPPORTED -> BlockStatus.UNSUPPORTED;
            default -> BlockStatus.MEDIUM_ERROR; // it failed, and the device says no more; or it said nothing at all
        });
    }

    @Override public boolean arm() {
        return queue.arm();
    }

    @Override public void disarm() {
        queue.disarm();
    }

    @Override public void await(long nanos) throws InterruptedException {
        interrupt.await(nanos);
    }

    @Override public void wake() {
        interrupt.wake();
    }

    @Override public void free() {
        queue.free();
        dma.free(slots);
    }
}
