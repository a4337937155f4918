package org.cloudos.cli.bench;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleConsumer;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Family;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.collect.Collectors;
import org.cloudos.metrics.export.Exposition;
import org.cloudos.metrics.history.NodeHistory;
import org.cloudos.metrics.registry.Registry;
import org.cloudos.metrics.registry.Scraper;
import org.cloudos.metrics.registry.Sources;

/** The loops of {@link MetricsBench}, in a JVM of their own. Prints a line for each: name, ours, the peer's. */
final class MetricsLoop {
    private static final int CALLS = 2_000_000;
    private static final int ROUNDS = 15;

    private MetricsLoop() { }

    /** Arguments: a folder for the history, the number of series. */
    public static void main(String[] arguments) throws IOException {
        Registry registry = new Registry();
        counter(registry);
        histogram(registry);
        export(registry, Integer.parseInt(arguments[1]));
        collect(Path.of(arguments[0]));
        flood();
    }

    /** Ours and the client's by turns, so that a machine which changes its pace is fair to both; medians. */
    private static void compare(String name, DoubleConsumer ours, DoubleConsumer theirs) {
        double[] our = new double[ROUNDS];
        double[] their = new double[ROUNDS];
        for (int round = -3; round < ROUNDS; round++) { // the first ones are for the compilers
            double mine = loop(ours);
            double peer = loop(theirs);
            if (round >= 0) {
                our[round] = mine;
                their[round] = peer;
            }
        }
        say(name, median(our), median(their));
    }

    private static double loop(DoubleConsumer call) {
        long begin = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            call.accept((i & 1023) * 0.001);
        }
        return (System.nanoTime() - begin) / (double) CALLS;
    }

    private static void counter(Registry registry) {
        Counter ours = registry.counter(Definition.of("bench_total", "Bench.").labels("a")).labels("x");
        var theirs = io.prometheus.metrics.core.metrics.Counter.builder().name("bench_total").labelNames("a").build().labelValues("x");
        compare("counter", v -> ours.inc(), v -> theirs.inc());
        if (ours.value() != theirs.get()) {
            throw new IllegalStateException("both were called equally often, found " + ours.value() + " and " + theirs.get());
        }
    }

    private static void histogram(Registry registry) {
        Histogram ours = registry.histogram(Definition.of("bench_seconds", "Bench.").labels("a")).labels("x");
        var theirs = io.prometheus.metrics.core.metrics.Histogram.builder().name("bench_seconds").labelNames("a").build().labelValues("x");
        compare("histogram", ours::observe, theirs::observe);
    }

    private static void export(Registry registry, int series) throws IOException {
        Family<Counter> family = registry.counter(Definition.of("bench_requests_total", "Requests.").labels("route", "code").limit(series));
        for (int i = 0; i < series; i++) {
            family.labels("/some/route/" + i / 5, "" + (200 + i % 5)).inc(i * 3L);
        }
        Scraper scraper = new Scraper(registry, Collectors.of(Path.of("/proc"), Path.of("/sys")), new Sources(Duration.ofSeconds(2)));
        double[] took = new double[ROUNDS * 4];
        double[] used = new double[took.length];
        long bytes = 0;
        var threads = ManagementFactory.getThreadMXBean();
        for (int round = -20; round < took.length; round++) {
            long begin = System.nanoTime();
            long processor = threads.getCurrentThreadCpuTime();
            ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);
            write(out, scraper.scrape());
            bytes = out.size();
            if (round >= 0) {
                took[round] = (System.nanoTime() - begin) / 1e6;
                used[round] = (threads.getCurrentThreadCpuTime() - processor) / 1e6;
            }
        }
        say("export", median(used), median(took));
        say("bytes", bytes, Double.NaN);
    }

    /** What is left in the heap of a million values of a label, most of which are counted together. */
    private static void flood() {
        Registry registry = new Registry();
        Family<Counter> family = registry.counter(Definition.of("bench_users_total", "Users.").labels("user"));
        long before = used();
        for (int i = 0; i < 1_000_000; i++) {
            family.labels("user " + i).inc();
        }
        say("million", (used() - before) / 1e6, Double.NaN);
        java.lang.ref.Reference.reachabilityFence(registry);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void write(OutputStream out, MetricSnapshots snapshots) throws IOException {
        Exposition.TEXT.write(out, snapshots);
    }

    /** Processor time of a round as the sampler does it: everything read, a tick written. Rounds stand apart, so that caches are as cold as they are. */
    private static void collect(Path folder) throws IOException {
        Scraper scraper = new Scraper(new Registry(), Collectors.of(Path.of("/proc"), Path.of("/sys")), new Sources(Duration.ofSeconds(2)));
        var threads = ManagementFactory.getThreadMXBean();
        double[] took = new double[ROUNDS * 2];
        try (NodeHistory history = new NodeHistory(folder, new NodeHistory.Bounds(Duration.ofSeconds(10), Duration.ofHours(1), 2000, 64 << 20))) {
            for (int round = 0; round < took.length; round++) {
                long begin = threads.getCurrentThreadCpuTime();
                history.tick(Instant.now(), scraper.scrape());
                took[round] = (threads.getCurrentThreadCpuTime() - begin) / 1e6;
                pause();
            }
        }
        say("collect", median(took), Double.NaN);
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void say(String name, double ours, double theirs) {
        System.out.println(name + String.format(Locale.ROOT, " %.3f", ours) + (Double.isNaN(theirs) ? "" : String.format(Locale.ROOT, " %.3f", theirs)));
    }
}
