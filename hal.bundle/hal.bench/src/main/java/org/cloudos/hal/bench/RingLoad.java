package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the drivers' ring code costs, on memory and without a device: descriptors are written and handed over, a loop stands for the device and marks them
 * used, and they are taken back. The loop's own time is not counted. Everything is in the processor's cache.
 */
final class RingLoad {
    private static final int ROUNDS = 15;

    /**
     * What came of it.
     *
     * @param submitNanos    for a descriptor to be written and handed over
     * @param completeNanos  for it to be taken back
     * @param perSecond      both, of one thread
     * @param allocatedBytes on the heap, for one
     */
    record Result(String ring, int batch, double submitNanos, double completeNanos, double perSecond, double allocatedBytes) { }

    private RingLoad() { }

    static List<Result> run(int batch, int seconds) throws IOException, InterruptedException {
        long nanos = seconds * 1_000_000_000L / 3;
        List<Result> results = new ArrayList<>();
        for (RingWork.Kind kind : RingWork.Kind.values()) {
            results.add(measure(kind.title(), batch, nanos, RingWork.of(kind)));
        }
        return results;
    }

    private static Result measure(String name, int batch, long nanos, RingWork load) throws InterruptedException {
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
}
