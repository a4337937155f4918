package org.cloudos.drv.nvme;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.Slots;

/** An I/O queue pair of one namespace. NVM Command Set 1.0 §3. */
final class IoRing implements RequestQueue.Ring, QueuePair.Ends {
    static final int PAGE = 4096;

    final QueuePair pair;
    private final NamespaceIdentity namespace;
    private final boolean sgl;
    private final Interrupt interrupt;
    private final AtomicLong errors;
    private final Dma dma;
    private final DmaMemory lists; // a page a slot: PRP list, or the range of a discard
    private Ends sink;
    private volatile int failed; // bits of the last status that was no success

    /** @param sgl whether the controller takes a transfer in one piece, without a list of its pages */
    IoRing(NamespaceIdentity namespace, boolean sgl, QueuePair pair, Interrupt interrupt, Dma dma, AtomicLong errors) throws IOException {
        this.namespace = namespace;
        this.sgl = sgl;
        this.pair = pair;
        this.interrupt = interrupt;
        this.errors = errors;
        this.dma = dma;
        lists = dma.allocate((long) pair.depth() * PAGE, PAGE);
    }

    @Override public int depth() {
        return pair.depth();
    }

    @Override public void issue(int slot, Slots slots, long address) {
        Op op = slots.op(slot);
        switch (op) {
            case READ, WRITE, WRITE_THROUGH -> {
                long length = slots.memory(slot).byteSize();
                pair.begin(slot, op == Op.READ ? Command.READ : Command.WRITE, namespace.number(), address, sgl ? 0 : second(slot, address, length));
                if (sgl) {
                    pair.piece(address, (int) length);
                }
                blocks(slot, slots, op == Op.WRITE_THROUGH ? Command.FORCE_UNIT_ACCESS : 0);
            }
            case FLUSH -> pair.begin(slot, Command.FLUSH, namespace.number(), 0, 0);
            case WRITE_ZEROES -> {
                pair.begin(slot, Command.WRITE_ZEROES, namespace.number(), 0, 0);
                blocks(slot, slots, 0);
            }
            case DISCARD -> discard(slot, slots);
        }
        pair.end();
    }

    /** PRP 2: nothing, the second page, or the list of all pages after the first. NVMe Base 2.0 §4.1.1. */
    private long second(int slot, long address, long length) {
        long next = (address & -PAGE) + PAGE;
        long rest = address + length - next;
        if (rest <= 0) {
            return 0;
        }
        if (rest <= PAGE) {
            return next;
        }
        long list = (long) slot * PAGE;
        for (long at = 0; at < rest; at += PAGE, list += 8) {
            lists.putLong(list, next + at);
        }
        return lists.address() + (long) slot * PAGE;
    }

    private void blocks(int slot, Slots slots, int flags) {
        long block = slots.block(slot);
        pair.word(10, (int) block);
        pair.word(11, (int) (block >>> 32));
        pair.word(12, (int) (slots.count(slot) - 1) & 0xffff | flags);
    }

    /** One range: attributes(4) · blocks(4) · first(8). §3.2.3. */
    private void discard(int slot, Slots slots) {
        long at = (long) slot * PAGE;
        lists.putInt(at, 0);
        lists.putInt(at + 4, (int) slots.count(slot));
        lists.putLong(at + 8, slots.block(slot));
        pair.begin(slot, Command.DATASET_MANAGEMENT, namespace.number(), lists.address() + at, 0);
        pair.word(10, 0); // one range
        pair.word(11, Command.DEALLOCATE);
    }

    @Override public void ring() {
        pair.ring();
    }

    @Override public int poll(Ends ends) {
        sink = ends;
        return pair.poll(this);
    }

    @Override public void ended(int id, int bits, int result) {
        if (Status.ok(bits)) {
            sink.ended(id, BlockStatus.OK);
        } else {
            errors.incrementAndGet();
            failed = bits;
            sink.ended(id, new Status(bits).block());
        }
    }

    /** Bits of the last status that was no success; 0 for none. */
    int failed() {
        return failed;
    }

    @Override public void await(long nanos) throws InterruptedException {
        interrupt.await(nanos);
    }

    @Override public void wake() {
        interrupt.wake();
    }

    @Override public void free() {
        pair.free();
        dma.free(lists);
    }
}
