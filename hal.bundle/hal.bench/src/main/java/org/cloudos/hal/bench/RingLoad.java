package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.Slots;
import org.cloudos.hal.queue.Traffic;
import org.cloudos.hal.virtio.Feature;
import org.cloudos.hal.virtio.VirtQueue;

/**
 * What the drivers' ring code costs, on memory and without a device: descriptors are written and handed over, a loop stands for the device and marks them
 * used, and they are taken back. The loop's own time is not counted. Everything is in the processor's cache.
 */
final class RingLoad {
    private static final int SIZE = 256, BLOCK = 512, ROUNDS = 15;

    /**
     * What came of it.
     *
     * @param submitNanos    for a descriptor to be written and handed over
     * @param completeNanos  for it to be taken back
     * @param perSecond      both, of one thread
     * @param allocatedBytes on the heap, for one
     */
    record Result(String ring, int batch, double submitNanos, double completeNanos, double perSecond, double allocatedBytes) { }

    private static final class Identity implements Dma {
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

    /** Something that takes requests and gives them back. */
    private interface Load {
        void submit(int batch);

        void device(int batch);

        int complete(int batch) throws InterruptedException;
    }

    private RingLoad() { }

    static List<Result> run(int batch, int seconds) throws IOException, InterruptedException {
        long nanos = seconds * 1_000_000_000L / 3;
        return List.of(measure("virtio, split", batch, nanos, new Ring(0)), measure("virtio, packed", batch, nanos, new Ring(Feature.PACKED)),
                measure("block requests over virtio, split", batch, nanos, new Requests()));
    }

    private static Result measure(String name, int batch, long nanos, Load load) throws InterruptedException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] submits = new double[ROUNDS];
        double[] completes = new double[ROUNDS];
        double[] allocated = new double[ROUNDS];
        for (int round = -ROUNDS; round < ROUNDS; round++) { // the first ones are for the compilers
            long submit = 0;
            long complete = 0;
            long count = 0;
            long bytes = threads.getCurrentThreadAllocatedBytes();
            for (long begin = System.nanoTime(); System.nanoTime() - begin < nanos / ROUNDS / 2; count += batch) {
                long a = System.nanoTime();
                load.submit(batch);
                long b = System.nanoTime();
                load.device(batch);
                long c = System.nanoTime();
                if (load.complete(batch) != batch) {
                    throw new IllegalStateException(name + ": expected that " + batch + " come back");
                }
                complete += System.nanoTime() - c;
                submit += b - a;
            }
            if (round >= 0) {
                submits[round] = (double) submit / count;
                completes[round] = (double) complete / count;
                allocated[round] = (double) (threads.getCurrentThreadAllocatedBytes() - bytes) / count;
            }
        }
        double submit = median(submits);
        double complete = median(completes);
        return new Result(name, batch, submit, complete, 1e9 / (submit + complete), median(allocated));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** A ring, and a device that uses what it got in order and wants to hear of everything. Virtio 1.2 §2.7.8, §2.8.1. */
    private static class Ring implements Load, VirtQueue.Used {
        private static final int AVAILABLE = 1 << 7, USED = 1 << 15;
        final VirtQueue queue;
        private final DmaMemory memory;
        private final boolean packed;
        private final int available;
        private final int used;
        private int next; // the device's
        private boolean wrap = true;
        int id;

        Ring(long features) throws IOException {
            Identity dma = new Identity();
            queue = VirtQueue.of(0, SIZE, features, dma, new Mmio(Arena.ofAuto().allocate(8, 8)));
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

    /** The whole way of a request of a block device: checks, a slot with its time limit, the ring, the completion that is called. */
    private static final class Requests extends Ring implements RequestQueue.Ring, RequestQueue.Health, BlockQueue.Completion {
        private final RequestQueue requests;
        private final MemorySegment buffer = Arena.ofAuto().allocate(BLOCK, 4096);
        private final Traffic traffic = new Traffic();
        private RequestQueue.Ring.Ends ends;

        private Requests() throws IOException {
            super(0);
            requests = new RequestQueue(new BlockGeometry(BLOCK, BLOCK, 1 << 20, 1 << 16, 1, false, false, false, false, false), this, this, new Identity());
        }

        @Override public void submit(int batch) {
            for (int i = 0; i < batch; i++) {
                requests.submit(BlockQueue.Op.READ, i, 1, buffer, i);
            }
            queue.kick();
        }

        @Override public int complete(int batch) throws InterruptedException {
            return requests.complete(batch, Long.MAX_VALUE, this);
        }

        @Override public void done(long tag, BlockStatus status) { }

        @Override public Traffic traffic() {
            return traffic;
        }

        @Override public int depth() {
            return SIZE;
        }

        @Override public void issue(int slot, Slots slots, long address) {
            queue.add(slot, address, BLOCK, true);
        }

        @Override public void ring() {
            queue.kick();
        }

        @Override public int poll(RequestQueue.Ring.Ends to) {
            ends = to;
            return queue.poll(this, SIZE);
        }

        @Override public void used(int slot, int length) {
            ends.ended(slot, BlockStatus.OK);
        }

        @Override public void await(long nanos) {
            Thread.onSpinWait();
        }

        @Override public void wake() { }

        @Override public void free() { }

        @Override public boolean isUsable() {
            return true;
        }

        @Override public BlockStatus end() {
            return null;
        }

        @Override public void look(RequestQueue waiting) { }

        @Override public void release(RequestQueue released) { }
    }
}
