package org.cloudos.metrics.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.cloudos.metrics.MetricSource;

/** Sources of other bundles: each is asked in a thread of its own, and none is waited for longer than the limit. */
public final class Sources {
    private static final System.Logger LOG = System.getLogger(Sources.class.getName());

    private final Duration limit;
    private final Map<Object, Guarded> sources = new ConcurrentHashMap<>();
    private final Map<Class<?>, Boolean> complained = new ConcurrentHashMap<>();
    private final LongAdder failures = new LongAdder();

    /** @param limit how long a source may take */
    public Sources(Duration limit) {
        this.limit = limit;
    }

    /**
     * A source came. It is looked for when it is asked first: one that needs the metrics itself could not be had before.
     *
     * @param key    what it is known by
     * @param source gives it, or null while it can't be had
     */
    public void add(Object key, Supplier<MetricSource> source) {
        sources.put(key, new Guarded(source));
    }

    /** A source went. */
    public void remove(Object key) {
        sources.remove(key);
    }

    long failures() {
        return failures.sum();
    }

    /** Asks a source in this thread. */
    void trusted(MetricSource source, Gatherer gatherer) {
        try {
            Gatherer.Part part = gatherer.part();
            source.collect(part);
            part.done();
        } catch (RuntimeException e) {
            failed(source, e);
        }
    }

    /** Asks all others, one after the other. */
    void collect(Gatherer gatherer) {
        for (Guarded source : List.copyOf(sources.values())) {
            source.ask(gatherer);
        }
    }

    private void failed(MetricSource source, Throwable cause) {
        failures.increment();
        if (complained.putIfAbsent(source.getClass(), true) == null) {
            LOG.log(System.Logger.Level.WARNING, "the metrics of " + source.getClass().getName()
                    + " are left out: " + cause.getMessage() + " (said once)", cause);
        }
    }

    private final class Guarded {
        private final Supplier<MetricSource> supplier;
        private final AtomicBoolean busy = new AtomicBoolean();
        private MetricSource source; // only the reader's

        Guarded(Supplier<MetricSource> supplier) {
            this.supplier = supplier;
        }

        void ask(Gatherer gatherer) {
            source = source == null ? supplier.get() : source;
            if (source == null) {
                return;
            }
            MetricSource asked = source;
            if (!busy.compareAndSet(false, true)) {
                failures.increment(); // still in an earlier call
                return;
            }
            Gatherer.Part part = gatherer.part();
            CountDownLatch done = new CountDownLatch(1);
            Throwable[] thrown = new Throwable[1];
            Thread.ofVirtual().name("metrics-source").start(() -> {
                try {
                    asked.collect(part);
                } catch (RuntimeException | LinkageError | StackOverflowError e) {
                    thrown[0] = e;
                } finally {
                    busy.set(false);
                    done.countDown();
                }
            });
            try {
                if (!done.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                    part.abandon();
                    failed(source, new IllegalStateException("it takes longer than " + limit.toMillis() + " ms"));
                } else if (thrown[0] != null) {
                    failed(source, thrown[0]);
                } else {
                    part.done();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
