package org.cloudos.greeter.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.cloudos.greeter.Greeter;

/**
 * A load on a greeter.
 *
 * @param rate calls a second of all threads together; 0 for as many as go
 */
public record Load(int threads, Duration time, int rate) {
    /**
     * What came of it.
     *
     * @param failure the first one's words; empty when none failed
     */
    public record Outcome(long calls, long callsPerSecond, long failed, double longestMs, String failure) { }

    public Load {
        if (threads < 1 || threads > 1000) throw new IllegalArgumentException("--threads: expected 1 to 1000, found " + threads);
        if (time.isNegative() || time.isZero()) throw new IllegalArgumentException("--seconds: expected 1 or more");
        if (rate < 0) throw new IllegalArgumentException("--rate: expected 0 or more, found " + rate);
    }

    /** Calls until the time is over. */
    public Outcome run(Greeter greeter) throws InterruptedException {
        LongAdder calls = new LongAdder(), failed = new LongAdder();
        LongAccumulator longest = new LongAccumulator(Math::max, 0);
        AtomicReference<String> failure = new AtomicReference<>("");
        long start = System.nanoTime(), end = start + time.toNanos();
        long pause = rate == 0 ? 0 : 1_000_000_000L * threads / rate;
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            String who = "thread " + i;
            all.add(Thread.ofPlatform().daemon().name("greeter-load-" + i).start(() -> {
                long due = System.nanoTime();
                for (long before = due; before < end && !Thread.currentThread().isInterrupted();) {
                    try {
                        greeter.greet(who);
                    } catch (RuntimeException | LinkageError e) {
                        failed.increment();
                        failure.compareAndSet("", e.toString());
                    }
                    calls.increment();
                    long after = System.nanoTime();
                    longest.accumulate(after - before);
                    before = pause == 0 ? after : pace(due += pause);
                }
            }));
        }
        try {
            for (Thread thread : all) thread.join();
        } catch (InterruptedException e) {
            all.forEach(Thread::interrupt);
            throw e;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Outcome(calls.sum(), Math.round(calls.sum() / seconds), failed.sum(),
                Math.round(longest.get() / 1e4) / 100.0, failure.get());
    }

    private static long pace(long due) {
        long wait = due - System.nanoTime();
        if (wait > 0) LockSupport.parkNanos(wait);
        return System.nanoTime();
    }
}
