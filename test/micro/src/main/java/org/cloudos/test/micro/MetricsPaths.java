package org.cloudos.test.micro;

import java.util.concurrent.TimeUnit;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.registry.Registry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counters and histograms, and those of the Prometheus client by themselves. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsPaths {
    private static final double[] VALUES = {0.001, 0.02, 0.3, 4};
    private final Registry registry = new Registry();
    private final Counter counter = registry.counter(Definition.of("bench_total", "Bench.").labels("a")).labels("x");
    private final Histogram histogram = registry.histogram(Definition.of("bench_seconds", "Bench.").labels("a")).labels("x");
    private final io.prometheus.metrics.core.datapoints.CounterDataPoint peerCounter =
            io.prometheus.metrics.core.metrics.Counter.builder().name("bench_total").labelNames("a").build().labelValues("x");
    private final io.prometheus.metrics.core.datapoints.DistributionDataPoint peerHistogram =
            io.prometheus.metrics.core.metrics.Histogram.builder().name("bench_seconds").labelNames("a").build().labelValues("x");
    private int turn;

    private double value() {
        return VALUES[turn++ & VALUES.length - 1];
    }

    @Benchmark public void count() {
        counter.inc();
    }

    @Benchmark public void peerCount() {
        peerCounter.inc();
    }

    @Benchmark public void observe() {
        histogram.observe(value());
    }

    @Benchmark public void peerObserve() {
        peerHistogram.observe(value());
    }
}
