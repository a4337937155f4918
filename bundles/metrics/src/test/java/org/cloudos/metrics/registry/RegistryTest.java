package org.cloudos.metrics.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Distribution;
import org.cloudos.metrics.Family;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.Metric;
import org.cloudos.metrics.MetricSource;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private final Registry registry = new Registry();
    private final Sources others = new Sources(Duration.ofMinutes(1));
    private final Scraper scraper = new Scraper(registry, List.of(), others);

    private double value(String name, Map<String, String> labels) {
        return scraper.read().stream().filter(m -> m.name().equals(name)).flatMap(m -> m.samples().stream())
                .filter(s -> s.labels().equals(labels)).mapToDouble(Metric.Sample::value).findFirst().orElse(Double.NaN);
    }

    private boolean has(String name) {
        return has(scraper, name);
    }

    private static boolean has(Scraper reader, String name) {
        return reader.read().stream().anyMatch(m -> m.name().equals(name));
    }

    @Test void countsAndForgets() {
        Definition definition = Definition.of("jobs_total", "Jobs.").labels("kind");
        Family<Counter> jobs = registry.counter(definition);
        jobs.labels("a").inc();
        jobs.labels("a").inc(2);
        jobs.labels("b").inc(0.5);
        assertSame(jobs.labels("a"), registry.counter(definition).labels("a"), "asking again gives the same");
        assertEquals(3, value("jobs_total", Map.of("kind", "a")));
        assertEquals(0.5, value("jobs_total", Map.of("kind", "b")));
        jobs.remove("b");
        assertTrue(Double.isNaN(value("jobs_total", Map.of("kind", "b"))));
        registry.release("jobs_total");
        assertTrue(has("jobs_total"), "somebody else has it still");
        registry.release("jobs_total");
        assertFalse(has("jobs_total"));
    }

    @Test void aMillionValuesOfALabelAreBoundedAndReported() {
        Family<Counter> hits = registry.counter(Definition.of("hits_total", "Hits.").labels("user").limit(100));
        IntStream.range(0, 1_000_000).parallel().forEach(i -> hits.labels("user " + i).inc());
        assertEquals(100, hits.size());
        Metric metric = scraper.read().stream().filter(m -> m.name().equals("hits_total")).findFirst().orElseThrow();
        assertEquals(101, metric.samples().size(), "and one for the overflow");
        assertEquals(1_000_000, metric.samples().stream().mapToDouble(Metric.Sample::value).sum(), "nothing is lost");
        assertEquals(999_900, value("hits_total", Map.of("user", Definition.OVERFLOW)));
        assertEquals(999_900, value("cloudos_metrics_overflow_total", Map.of("metric", "hits_total")));
    }

    @Test void namesThatTheFormatsDoNotAllowAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> registry.counter(Definition.of("jobs", "No _total.")));
        assertThrows(IllegalArgumentException.class, () -> registry.gauge(Definition.of("jobs_total", "No counter.")));
        assertThrows(IllegalArgumentException.class, () -> Definition.of("a b", "A blank."));
        assertThrows(IllegalArgumentException.class, () -> Definition.of("a\n# HELP", "A line feed."));
        assertThrows(IllegalArgumentException.class, () -> Definition.of("a", "Label.").labels("__name__"));
        assertThrows(IllegalArgumentException.class, () -> Definition.of("a", "Label.").labels("x", "x"));
        assertThrows(IllegalArgumentException.class, () -> Definition.of("a", "Buckets.").buckets(2, 1));
        assertThrows(IllegalArgumentException.class, () -> Definition.of("a", " "));
        registry.gauge(Definition.of("size", "Size."));
        assertThrows(IllegalArgumentException.class, () -> registry.histogram(Definition.of("size", "Size.")));
        assertThrows(IllegalArgumentException.class, () -> registry.gauge(Definition.of("size", "Another meaning.")));
        assertThrows(IllegalArgumentException.class, () -> registry.gauge(Definition.of("load", "Load.").labels("a")).labels("1", "2"));
    }

    @Test void histogramsTellQuantiles() {
        Histogram histogram = registry.histogram(Definition.of("took_seconds", "Time.").buckets(1, 2, 3, 4)).labels();
        assertTrue(Double.isNaN(histogram.read().quantile(0.5)), "nothing observed");
        for (int i = 1; i <= 400; i++) {
            histogram.observe(i / 100.0);
        }
        Distribution read = histogram.read();
        assertEquals(400, read.count());
        assertEquals(802, read.sum(), 1e-6);
        assertEquals(2, read.quantile(0.5), 1e-9);
        assertEquals(3.96, read.quantile(0.99), 1e-9);
        histogram.observe(1e9);
        assertEquals(4, histogram.read().quantile(1), "beyond the last bound nothing is known");
    }

    @Test void aSourceThatIsWrongIsLeftOutAlone() {
        others.add("good", () -> sink -> sink.gauge("good", "Good.", 1));
        others.add("throws", () -> sink -> {
            sink.gauge("half", "Half of it.", 1);
            throw new IllegalStateException("broken");
        });
        others.add("twice", () -> sink -> {
            sink.gauge("twice", "Twice.", 1, "a", "b");
            sink.gauge("twice", "Twice.", 2, "a", "b");
        });
        others.add("nonsense", () -> sink -> sink.counter("bad name_total", "Bad.", 1));
        others.add("negative", () -> sink -> sink.counter("less_total", "Less.", -1));
        others.add("flood", () -> sink -> IntStream.range(0, 1_000_000).forEach(i -> sink.gauge("flood", "Flood.", i, "i", "" + i)));
        List<String> names = scraper.read().stream().map(Metric::name).toList();
        assertTrue(names.contains("good"));
        for (String bad : List.of("half", "twice", "less_total", "flood")) {
            assertFalse(names.contains(bad), bad);
        }
        assertEquals(10, value("cloudos_metrics_source_failures_total", Map.of()), "5 in each of two readings");
    }

    @Test void aSourceThatHangsHoldsNobodyUpTwice() throws InterruptedException {
        Sources sources = new Sources(Duration.ofSeconds(3));
        Scraper reader = new Scraper(registry, List.of(), sources);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        MetricSource slow = sink -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            try {
                sink.gauge("late", "Late.", 1);
            } finally {
                gone.countDown();
            }
        };
        sources.add("slow", () -> slow);
        sources.add("quick", () -> sink -> sink.gauge("quick", "Quick.", 1));
        assertTrue(has(reader, "quick"));
        assertTrue(has(reader, "quick"), "it is not asked again while it hangs");
        go.countDown();
        gone.await();
        sources.remove("slow");
        assertFalse(has(reader, "late"), "what it told too late does not count");
    }

    @Test void aSourceCanNotTakeABundlesName() {
        registry.gauge(Definition.of("mine", "Mine.")).labels().set(1);
        others.add("thief", () -> sink -> sink.gauge("mine", "Not mine.", 2));
        assertEquals(1, value("mine", Map.of()));
    }

    @Test void longValuesOfLabelsAreCutBetweenCharacters() {
        Family<Counter> f = registry.counter(Definition.of("long_total", "Long.").labels("a"));
        f.labels("x".repeat(127) + "😀" + "y".repeat(1000)).inc();
        f.labels((String) null).inc();
        assertEquals(1, value("long_total", Map.of("a", "x".repeat(127))));
        assertEquals(1, value("long_total", Map.of("a", "")));
    }
}
