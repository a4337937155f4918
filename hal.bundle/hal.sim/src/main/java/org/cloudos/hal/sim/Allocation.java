package org.cloudos.hal.sim;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/**
 * What a driver allocates on the heap for each request, by the JVM's counter of the calling thread. What simulated devices allocate, which act on the
 * driver's thread, is taken off. Run it without escape analysis (-XX:-DoEscapeAnalysis), so that what one compiler would remove is seen.
 */
public final class Allocation {
    private static final int ROUNDS = 30, STEPS = 20_000;
    private static final double NOTHING = 0.5;
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(1);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ThreadLocal<long[]> OTHERS = ThreadLocal.withInitial(() -> new long[1]);

    private Allocation() { }

    /** What is done many times. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    /** Before a simulated device does something. @return for {@link #end} */
    public static long begin() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** After it. Not for calls inside of each other. */
    public static void end(long begin) {
        OTHERS.get()[0] += THREADS.getCurrentThreadAllocatedBytes() - begin;
    }

    /** Bytes of a step, of the best of several rounds: classes are loaded and calls are linked in the first. Ends with the first round of none. */
    public static double perStep(Step step) throws Exception {
        double least = Double.MAX_VALUE;
        long[] others = OTHERS.get();
        for (int round = 0; round < ROUNDS && least > NOTHING; round++) {
            long own = others[0];
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }
            long all = THREADS.getCurrentThreadAllocatedBytes() - before;
            least = Math.min(least, (all - (others[0] - own)) / (double) STEPS);
        }
        return Math.rint(least);
    }

    /** Bytes of a request that reads a block, so many being under way. */
    public static double perRequest(BlockQueue queue, int depth, MemorySegment block) throws Exception {
        BlockQueue.Completion again = (tag, status) -> {
            if (status != BlockStatus.OK || !queue.submit(BlockQueue.Op.READ, tag, 1, block, tag)) {
                throw new AssertionError("expected that a request ends well and another fits, found " + status);
            }
        };
        for (int i = 0; i < depth; i++) {
            queue.submit(BlockQueue.Op.READ, i, 1, block, i);
        }
        double bytes = perStep(() -> {
            if (queue.complete(1, LIMIT_NS, again) == 0) {
                throw new AssertionError("a request did not end");
            }
        });
        queue.complete(depth, LIMIT_NS, (tag, status) -> { });
        return bytes;
    }
}
