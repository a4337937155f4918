package org.cloudos.greeter.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.cloudos.greeter.Greeter;

/** A load on a greeter: threads that call until {@link #stop}. */
public final class Load {
    /**
     * What came of it.
     *
     * @param failure the first one's words; empty when none failed
     */
    public record Outcome(long calls, long callsPerSecond, long failed, double longestMs, String failure) { }

    private final LongAdder calls = new LongAdder(), failed = new LongAdder();
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private final List<Thread> threads = new ArrayList<>();
    private final long start = System.nanoTime();
    private final long pause;
    private volatile boolean stopping;

    /**
     * Starts it.
     *
     * @param rate calls a second of all threads together; 0 for as many as go
     */
    public Load(Greeter greeter, int threads, int rate) {
        if (threads < 1 || threads > 1000) throw new IllegalArgumentException("--threads: expected 1 to 1000, found " + threads);
        if (rate < 0) throw new IllegalArgumentException("--rate: expected 0 or more, found " + rate);
        pause = rate == 0 ? 0 : 1_000_000_000L * threads / rate;
        for (int i = 0; i < threads; i++) {
            String who = "thread " + i;
            this.threads.add(Thread.ofPlatform().daemon().name("greeter-load-" + i).start(() -> call(greeter, who)));
        }
    }

    private void call(Greeter greeter, String who) {
        for (long before = start, due = start; !stopping;) {
            if (pause != 0) {
                due += pause;
                pace(due);
                before = System.nanoTime();
            }
            try {
                greeter.greet(who);
            } catch (RuntimeException | LinkageError e) {
                failed.increment();
                failure.compareAndSet("", e.toString());
            }
            calls.increment();
            long after = System.nanoTime();
            longest.accumulate(after - before);
            before = after;
        }
    }

    /** Waits for the time of the next call; who is late, as after a stall, catches up. */
    private void pace(long due) {
        for (long wait = due - System.nanoTime(); wait > 0 && !stopping; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(wait, 100_000_000));
        }
    }

    /** Ends it. */
    public Outcome stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) thread.join();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Outcome(calls.sum(), Math.round(calls.sum() / seconds), failed.sum(),
                Math.round(longest.get() / 1e4) / 100.0, failure.get());
    }
}
