package org.cloudos.metrics.node;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Runs something in a thread of its own, in even steps of the monotonic clock. What throws does not end it. */
final class Sampler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Sampler.class.getName());
    private final Thread thread;
    private final long interval;
    private volatile boolean over;
    private boolean complained;

    Sampler(Duration interval, Runnable work) {
        this.interval = interval.toNanos();
        thread = Thread.ofPlatform().daemon().name("metrics").start(() -> run(work));
    }

    private void run(Runnable work) {
        long next = System.nanoTime() + Math.min(interval, 2_000_000_000L); // the first one soon, for who looks at a fresh system
        while (!over) {
            try {
                long wait = next - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(Duration.ofNanos(wait));
                }
                // Missed ones, of a machine that slept, are not made up for.
                next = Math.max(next + interval, System.nanoTime());
                work.run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!complained) {
                    complained = true;
                    LOG.log(System.Logger.Level.ERROR, "a moment is missing in the history (said once): " + e, e);
                }
            }
        }
    }

    /** Processor time of the thread. */
    double cpuSeconds() {
        return Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId())) / 1e9;
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
