package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;

/** One queue kept full by one thread for a while, as fio does it with one job. */
final class BlockLoad implements BlockQueue.Completion {
    private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(60), WARM = 10_000;
    private static final int WARM_ROUNDS = 10;

    /**
     * What came of it.
     *
     * @param perSecond      operations
     * @param megabytes      per second, of 10^6
     * @param cpuMicros      of the thread, for one operation
     * @param allocatedBytes on the heap, for one operation
     */
    record Result(String device, String operation, int size, int depth, boolean random, long operations, double perSecond, double megabytes,
            double cpuMicros, double allocatedBytes) { }

    private final BlockDevice device;
    private final Op op;
    private final int size;
    private final int depth;
    private final boolean random;
    private final SplittableRandom dice = new SplittableRandom(1);
    private long operations;
    private long next;
    private BlockStatus failure = BlockStatus.OK;
    private BlockQueue queue;
    private MemorySegment[] memory;
    private boolean going;

    BlockLoad(BlockDevice device, Op op, int size, int depth, boolean random) {
        BlockGeometry g = device.geometry();
        if (size % g.blockSize() != 0 || size > g.maxTransfer() || size <= 0) {
            throw new IllegalArgumentException("--size: expected a multiple of " + g.blockSize() + " up to " + g.maxTransfer() + ", found " + size);
        }
        this.device = device;
        this.op = op;
        this.size = size;
        this.depth = depth;
        this.random = random;
    }

    Result run(long nanos) throws IOException, InterruptedException {
        try (Arena arena = Arena.ofShared(); BlockQueue opened = device.queue(depth)) {
            queue = opened;
            memory = new MemorySegment[depth];
            for (int i = 0; i < depth; i++) {
                memory[i] = arena.allocate(size, 4096);
            }
            for (int i = 0; i < WARM_ROUNDS && operations < WARM; i++) { // until it is compiled, which takes long in an emulator
                phase(nanos / 5);
            }
            operations = 0;
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long cpu = threads.getCurrentThreadCpuTime();
            long begin = System.nanoTime();
            phase(nanos);
            double seconds = (System.nanoTime() - begin) / 1e9;
            cpu = threads.getCurrentThreadCpuTime() - cpu;
            allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
            return new Result(device.name(), op.name().toLowerCase(java.util.Locale.ROOT), size, depth, random, operations, operations / seconds,
                    operations * (double) size / seconds / 1e6, cpu / 1e3 / operations, (double) allocated / operations);
        }
    }

    private void phase(long nanos) throws IOException, InterruptedException {
        going = true;
        int most = Math.min(depth, queue.depth());
        for (int i = 0; i < most; i++) {
            submit(i);
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end && failure == BlockStatus.OK) {
            queue.complete(1, WAIT_NS, this);
        }
        going = false;
        queue.complete(queue.underWay(), WAIT_NS, this);
        if (failure != BlockStatus.OK) {
            throw new BlockException(device.name(), op.toString(), failure);
        }
    }

    @Override public void done(long tag, BlockStatus status) {
        operations++;
        if (status != BlockStatus.OK) {
            failure = status;
        } else if (going) {
            submit((int) tag);
        }
    }

    private void submit(int slot) {
        BlockGeometry g = device.geometry();
        long places = g.bytes() / size;
        long place = random ? dice.nextLong(places) : next++ % places;
        int blocks = size / g.blockSize();
        queue.submit(op, place * blocks, blocks, memory[slot], slot);
    }
}
