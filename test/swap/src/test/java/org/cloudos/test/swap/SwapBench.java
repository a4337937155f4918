package org.cloudos.test.swap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.osgi.framework.BundleContext;

/**
 * Measures what a gate costs a call, and what a swap costs its callers: {@code main} prints one line of JSON. The
 * peer of a call through a gate is the same call on the service itself, in the same run.
 */
final class SwapBench {
    private static final int THREADS = 4, RATE = 10_000, SWAPS = 20;

    private SwapBench() { }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("swap-bench");
        TestSystem system = new TestSystem(folder);
        Greeter gate = system.greeter();
        BundleContext own = system.bundle("org.cloudos.greeter").getBundleContext();
        Greeter direct = own.getService(own.getServiceReference(Greeter.class));
        double[] through = new double[5], past = new double[5];
        for (int i = 0; i < 5; i++) {
            past[i] = nanosPerCall(direct);
            through[i] = nanosPerCall(gate);
        }
        String calls = String.format(Locale.ROOT, "\"directNs\":%.1f,\"gateNs\":%.1f", median(past), median(through));
        System.out.println("{" + calls + "," + swaps(system, gate) + "}");
        system.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(p);
        }
    }

    private static double nanosPerCall(Greeter greeter) {
        int calls = 3_000_000;
        long start = System.nanoTime(), length = 0;
        for (int i = 0; i < calls; i++) length += greeter.greet("x").length();
        if (length == 0) throw new AssertionError();
        return (System.nanoTime() - start) / (double) calls;
    }

    private static String swaps(TestSystem system, Greeter greeter) throws Exception {
        LongAdder calls = new LongAdder(), failed = new LongAdder();
        boolean[] stop = new boolean[1];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) threads.add(Thread.ofPlatform().start(() -> load(greeter, stop, calls, failed)));
        Deployment.Options options = new Deployment.Options(Duration.ofMillis(100), Duration.ofSeconds(2));
        double[] stalls = new double[SWAPS];
        long held = 0, start = System.nanoTime();
        for (int i = 0; i < SWAPS; i++) {
            Change change = system.deploy(options, ClassPath.greeter(i % 2 == 0 ? "1.1.0" : "1.0.0"));
            stalls[i] = change.stall().toNanos() / 1e6;
            held += change.callsHeld();
        }
        long rate = calls.sum() * 1_000_000_000L / (System.nanoTime() - start);
        stop[0] = true;
        for (Thread thread : threads) thread.join();
        double first = stalls[0], longest = Arrays.stream(stalls).max().orElseThrow();
        return String.format(Locale.ROOT, "\"swaps\":%d,\"callsPerSecond\":%d,\"failed\":%d,\"held\":%d,"
                + "\"stallFirstMs\":%.1f,\"stallMedianMs\":%.1f,\"stallLongestMs\":%.1f", SWAPS, rate, failed.sum(),
                held, first, median(stalls), longest);
    }

    private static void load(Greeter greeter, boolean[] stop, LongAdder calls, LongAdder failed) {
        long due = System.nanoTime();
        while (!stop[0]) {
            try {
                greeter.greet("x");
            } catch (RuntimeException e) {
                failed.increment();
            }
            calls.increment();
            due = Math.max(due + 1_000_000_000L * THREADS / RATE, System.nanoTime() - 1_000_000);
            while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
