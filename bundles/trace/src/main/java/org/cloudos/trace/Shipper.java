package org.cloudos.trace;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Delivers spans in batches from one thread. A span that finds the queue full is lost and counted: whoever ends a span
 * never waits. A batch that could not be delivered for a passing reason is tried again, with pauses that grow, until its
 * time is over; meanwhile the queue fills.
 */
final class Shipper implements SpanProcessor {
    private static final System.Logger LOG = System.getLogger(Shipper.class.getName());
    private static final int QUEUE = 4096;
    private static final int BATCH = 512;

    /**
     * Times.
     *
     * @param gather  that a batch waits for more spans
     * @param retry   first pause after a failure; doubled each time
     * @param giveUp  on a batch
     * @param closing to deliver what is left at the end
     */
    record Times(Duration gather, Duration retry, Duration giveUp, Duration closing) {
        static final Times DEFAULT = new Times(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(2));
    }

    /** How a batch fared. */
    enum Outcome { TAKEN, TRY_AGAIN, REFUSED }

    /** Where batches go. */
    interface Door extends AutoCloseable {
        /** Waits for the answer, not longer than its own limit. */
        Outcome deliver(List<SpanData> batch) throws InterruptedException;

        @Override void close();
    }

    /** Counted since the start. */
    record Counts(long delivered, long lost, int waiting) { }

    private final Door door;
    private final Times times;
    private final BlockingQueue<SpanData> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LongAdder delivered = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final Thread thread;
    private volatile boolean over;
    private boolean failing; // only the thread's

    Shipper(Door door, Times times) {
        this.door = door;
        this.times = times;
        thread = Thread.ofVirtual().name("traces-shipper").start(this::run);
    }

    Counts counts() {
        return new Counts(delivered.sum(), lost.sum(), queue.size());
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) { }

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled() && !queue.offer(span.toSpanData())) {
            lost.increment();
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    private void run() {
        List<SpanData> batch = new ArrayList<>();
        try {
            while (!over || !queue.isEmpty()) {
                SpanData first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                long until = System.nanoTime() + times.gather().toNanos();
                while (batch.size() < BATCH && !over) {
                    SpanData more = queue.poll(Math.max(0, Math.min(100_000_000L, until - System.nanoTime())), TimeUnit.NANOSECONDS);
                    if (more != null) {
                        batch.add(more);
                    } else if (System.nanoTime() >= until) {
                        break;
                    }
                }
                queue.drainTo(batch, BATCH - batch.size());
                ship(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            lost.add(batch.size() + queue.size());
        }
    }

    private void ship(List<SpanData> batch) throws InterruptedException {
        long pause = times.retry().toMillis();
        long end = System.nanoTime() + times.giveUp().toNanos();
        while (true) {
            Outcome outcome = door.deliver(batch);
            if (outcome == Outcome.TAKEN) {
                delivered.add(batch.size());
                said(false);
                return;
            }
            said(true);
            if (outcome == Outcome.REFUSED || over || System.nanoTime() + pause * 1_000_000 > end) {
                lost.add(batch.size());
                return;
            }
            Thread.sleep(pause);
            pause = Math.min(pause * 2, 30_000);
        }
    }

    private void said(boolean fails) {
        if (fails != failing) {
            failing = fails;
            LOG.log(fails ? System.Logger.Level.WARNING : System.Logger.Level.INFO, fails
                    ? "spans are not delivered: " + door : "spans are delivered again; " + lost.sum() + " were lost so far");
        }
    }

    @Override
    public CompletableResultCode shutdown() {
        over = true;
        try {
            if (!thread.join(times.closing())) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        door.close();
        return CompletableResultCode.ofSuccess();
    }
}
