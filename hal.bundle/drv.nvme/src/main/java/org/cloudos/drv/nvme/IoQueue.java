package org.cloudos.drv.nvme;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.Requests;
import org.cloudos.hal.queue.Slots;

/**
 * An I/O queue pair as a {@link BlockQueue}. Memory that the device doesn't reach goes through a slot's own buffer. When the
 * controller was reset, what was under way is submitted again: every command here may be done twice.
 */
final class IoQueue implements BlockQueue, QueuePair.Ends {
    static final int PAGE = 4096;
    private static final int PRP_ENTRIES = PAGE / 8, RANGE = 16;
    private static final long SPIN_NS = 20_000, LOOK_NS = 500_000_000, COMMAND_NS = 30_000_000_000L;

    private final Controller controller;
    private final NamespaceIdentity namespace;
    private final BlockGeometry geometry;
    private final Interrupt interrupt;
    private final Dma dma;
    /** Guards the pair, the slots and all below against the controller's reset. */
    private final ReentrantLock lock = new ReentrantLock();
    final QueuePair pair;
    private final Slots slots;
    private final DmaMemory lists; // a page a slot: PRP list, or the range of a discard
    private final DmaMemory[] buffers;
    private final boolean[] buffered; // the slot's transfer goes through its buffer
    private Completion sink;
    private int handed;
    private boolean closed;

    IoQueue(Controller controller, NamespaceIdentity namespace, BlockGeometry geometry, QueuePair pair, Interrupt interrupt, Dma dma)
            throws IOException {
        this.controller = controller;
        this.namespace = namespace;
        this.geometry = geometry;
        this.pair = pair;
        this.interrupt = interrupt;
        this.dma = dma;
        slots = new Slots(pair.depth());
        lists = dma.allocate((long) pair.depth() * PAGE, PAGE);
        buffers = new DmaMemory[pair.depth()];
        buffered = new boolean[pair.depth()];
    }

    @Override public int depth() {
        return slots.depth();
    }

    @Override public int underWay() {
        lock.lock();
        try {
            return slots.underWay();
        } finally {
            lock.unlock();
        }
    }

    @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
        Requests.check(geometry, op, block, count, memory);
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the queue is closed");
            }
            int slot = slots.take(op, block, count, memory, tag, System.nanoTime() + COMMAND_NS);
            if (slot == Slots.NONE) {
                return false;
            }
            if (controller.isUsable()) {
                issue(slot);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void issue(int slot) {
        Op op = slots.op(slot);
        switch (op) {
            case READ, WRITE, WRITE_THROUGH -> transfer(slot, op);
            case FLUSH -> pair.begin(slot, Command.FLUSH, namespace.number(), 0, 0);
            case WRITE_ZEROES -> {
                pair.begin(slot, Command.WRITE_ZEROES, namespace.number(), 0, 0);
                blocks(slot, 0);
            }
            case DISCARD -> discard(slot);
        }
        pair.end();
    }

    private void transfer(int slot, Op op) {
        MemorySegment memory = slots.memory(slot);
        long address = dma.address(memory);
        buffered[slot] = address == -1 || (address & 3) != 0;
        if (buffered[slot]) {
            DmaMemory buffer = buffer(slot);
            if (op != Op.READ) {
                MemorySegment.copy(memory, 0, buffer.memory(), 0, memory.byteSize());
            }
            address = buffer.address();
        }
        pair.begin(slot, op == Op.READ ? Command.READ : Command.WRITE, namespace.number(), address, second(slot, address, memory.byteSize()));
        blocks(slot, op == Op.WRITE_THROUGH ? Command.FORCE_UNIT_ACCESS : 0);
    }

    private DmaMemory buffer(int slot) {
        if (buffers[slot] == null) {
            try {
                buffers[slot] = dma.allocate(geometry.maxTransfer(), PAGE);
            } catch (IOException e) {
                throw new IllegalStateException("no memory for a transfer: " + e.getMessage(), e);
            }
        }
        return buffers[slot];
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

    private void blocks(int slot, int flags) {
        long block = slots.block(slot);
        pair.word(10, (int) block);
        pair.word(11, (int) (block >>> 32));
        pair.word(12, (int) (slots.count(slot) - 1) & 0xffff | flags);
    }

    /** One range: attributes(4) · blocks(4) · first(8). NVM Command Set 1.0 §3.2.3. */
    private void discard(int slot) {
        long at = (long) slot * PAGE;
        lists.putInt(at, 0);
        lists.putInt(at + 4, (int) slots.count(slot));
        lists.putLong(at + 8, slots.block(slot));
        pair.begin(slot, Command.DATASET_MANAGEMENT, namespace.number(), lists.address() + at, 0);
        pair.word(10, 0); // one range
        pair.word(11, Command.DEALLOCATE);
    }

    @Override public int complete(int least, long nanos, Completion to) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        int found = poll(to);
        if (found >= least || underWay() == 0) {
            return found;
        }
        long begin = System.nanoTime();
        long looked = begin;
        while (found < least && underWay() > 0) {
            long now = System.nanoTime();
            if (now - begin >= nanos) {
                break;
            }
            if (now - begin < SPIN_NS) {
                Thread.onSpinWait();
            } else {
                interrupt.await(Math.min(nanos - (now - begin), LOOK_NS));
                if (now - looked > LOOK_NS / 2) { // a register's read takes longer than all the rest
                    controller.look(this);
                    looked = System.nanoTime();
                }
            }
            found += poll(to);
        }
        return found;
    }

    private int poll(Completion to) {
        lock.lock();
        try {
            sink = to;
            handed = 0;
            if (controller.isUsable()) {
                pair.ring();
                pair.poll(this);
            } else if (controller.isOver()) {
                failAll(controller.isGone() ? BlockStatus.GONE : BlockStatus.DEVICE_ERROR);
            }
            return handed;
        } finally {
            sink = null;
            lock.unlock();
        }
    }

    @Override public void ended(int id, int bits, int result) {
        if (Status.ok(bits)) {
            if (slots.op(id) == Op.READ && buffered[id]) {
                MemorySegment memory = slots.memory(id);
                MemorySegment.copy(buffers[id].memory(), 0, memory, 0, memory.byteSize());
            }
            hand(id, BlockStatus.OK);
        } else {
            Status status = new Status(bits);
            controller.count(status);
            hand(id, status.block());
        }
    }

    private void hand(int slot, BlockStatus status) {
        long tag = slots.tag(slot);
        slots.release(slot);
        handed++;
        if (sink != null) {
            sink.done(tag, status);
        }
    }

    private void failAll(BlockStatus status) {
        for (int slot = 0; slot < slots.depth(); slot++) {
            if (slots.isTaken(slot)) {
                hand(slot, status);
            }
        }
    }

    /** A command that is late, or {@link Slots#NONE}. */
    int late(long now) {
        lock.lock();
        try {
            return slots.late(now);
        } finally {
            lock.unlock();
        }
    }

    /** The late command gets time for its abort. */
    void extend(int slot, long nanos) {
        lock.lock();
        try {
            if (slots.isTaken(slot)) {
                slots.extend(slot, System.nanoTime() + nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** For the controller's reset: nobody submits or polls until {@link #leave}. */
    void enter() {
        lock.lock();
    }

    /** @param again the queue is new and empty on the device: submits all that was under way */
    void leave(boolean again) {
        try {
            if (again) {
                for (int slot = 0; slot < slots.depth(); slot++) {
                    if (slots.isTaken(slot)) {
                        slots.extend(slot, System.nanoTime() + COMMAND_NS);
                        issue(slot);
                    }
                }
                pair.ring();
            }
        } finally {
            lock.unlock();
        }
        interrupt.wake();
    }

    int vector() {
        return pair.number;
    }

    @Override public void close() {
        while (underWay() > 0) {
            try {
                complete(underWay(), COMMAND_NS, (tag, status) -> { });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                poll((tag, status) -> { });
            }
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        controller.release(this);
    }

    /** The device has forgotten the queue. */
    void free() {
        pair.free();
        dma.free(lists);
        for (DmaMemory buffer : buffers) {
            if (buffer != null) {
                dma.free(buffer);
            }
        }
    }
}
