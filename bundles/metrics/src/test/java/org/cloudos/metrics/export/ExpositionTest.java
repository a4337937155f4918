package org.cloudos.metrics.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.metrics.MetricSource;
import org.cloudos.metrics.collect.Collectors;
import org.cloudos.metrics.registry.Registry;
import org.cloudos.metrics.registry.Scraper;
import org.cloudos.metrics.registry.Sources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpositionTest {
    @TempDir Path folder;

    private static MetricSnapshots sample() {
        Counter counter = Counter.builder().name("hits_total").help("Hits; with \"quotes\", \\ and \n.").labelNames("path").withoutExemplars().build();
        counter.labelValues("/a\nb\"c\\d").inc(3);
        counter.labelValues("über 😀").inc(0.25);
        Gauge gauge = Gauge.builder().name("level").help("Level.").build();
        gauge.set(Double.NEGATIVE_INFINITY);
        Histogram histogram = Histogram.builder().name("took_seconds").help("Time.").labelNames("op").build();
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            histogram.labelValues("read").observe(Math.exp(random.nextGaussian() * 3) - (i % 9 == 0 ? 5 : 0));
        }
        histogram.labelValues("none");
        return MetricSnapshots.of(counter.collect(), gauge.collect(), histogram.collect());
    }

    /** What we write is, message for message, what the Prometheus client's own protocol buffers say. */
    @Test void theProtocolBuffersAreThoseOfTheClient() throws Exception {
        MetricSnapshots sample = sample();
        ByteArrayOutputStream ours = new ByteArrayOutputStream();
        Exposition.PROTOBUF.write(ours, sample);
        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        new io.prometheus.metrics.expositionformats.PrometheusProtobufWriter().write(theirs, sample,
                io.prometheus.metrics.config.EscapingScheme.UNDERSCORE_ESCAPING);
        List<Object> read = parse(ours.toByteArray());
        assertEquals(3, read.size());
        assertEquals(parse(theirs.toByteArray()).toString(), read.toString());
        assertTrue(read.toString().contains("positive_span"), "with native histograms");
    }

    private static List<Object> parse(byte[] bytes) throws Exception {
        // The generated classes' package has the version of protobuf in its name.
        Path jar = Path.of(io.prometheus.metrics.expositionformats.PrometheusProtobufWriter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Class<?> family = null;
        for (String name : List.of(System.getProperty("java.class.path").split(":"))) {
            if (name.contains("prometheus-metrics-exposition-formats")) {
                jar = Path.of(name);
            }
        }
        try (var file = new java.util.jar.JarFile(jar.toFile())) {
            String entry = file.stream().map(java.util.jar.JarEntry::getName).filter(n -> n.endsWith("/Metrics$MetricFamily.class")).findFirst().orElseThrow();
            family = Class.forName(entry.substring(0, entry.length() - 6).replace('/', '.'));
        }
        Method parse = family.getMethod("parseDelimitedFrom", InputStream.class);
        InputStream in = new ByteArrayInputStream(bytes);
        List<Object> all = new ArrayList<>();
        for (Object one = parse.invoke(null, in); one != null; one = parse.invoke(null, in)) {
            all.add(one);
        }
        return all;
    }

    @Test void theFormatIsTheOneThatIsWantedMost() {
        assertEquals(Exposition.TEXT, Exposition.wanted(null));
        assertEquals(Exposition.TEXT, Exposition.wanted("*/*"));
        assertEquals(Exposition.TEXT, Exposition.wanted("application/openmetrics-text;q=abc;q=0, text/html"));
        assertEquals(Exposition.OPEN_METRICS, Exposition.wanted("application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
        assertEquals(Exposition.PROTOBUF, Exposition.wanted(Protobuf.CONTENT_TYPE + ",application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5"));
        assertEquals(Exposition.TEXT, Exposition.wanted("application/vnd.google.protobuf; proto=something.else, text/plain;q=0.1"));
    }

    @Test void openMetricsHasAnEnd() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Exposition.OPEN_METRICS.write(out, sample());
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.endsWith("# EOF\n"));
        assertTrue(text.contains("hits_total{path=\"/a\\nb\\\"c\\\\d\"} 3.0"), text);
    }

    /** All that this machine has, and hostile labels beside it. */
    @Test void promtoolFindsNothingWrong() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/promtool")), "Debian's package prometheus has promtool");
        Registry registry = new Registry();
        List<MetricSource> own = new ArrayList<>(Collectors.of(Path.of("/proc"), Path.of("/sys")));
        own.add(sink -> sink.gauge("hostile", "Hostile \\ \n text.", Double.NaN, "value", "}\n# TYPE x counter\nx_total 1\n\"\\\u0000\ud800"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Exposition.TEXT.write(out, new Scraper(registry, own, new Sources(Duration.ofSeconds(2))).scrape());
        Path file = Files.write(folder.resolve("metrics"), out.toByteArray());
        Process promtool = new ProcessBuilder("/usr/bin/promtool", "check", "metrics").redirectInput(file.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile()).start();
        assertTrue(promtool.waitFor(60, TimeUnit.SECONDS));
        try (Stream<String> lines = Files.lines(folder.resolve("out"))) {
            assertEquals("", String.join("\n", lines.toList()));
        }
        assertEquals(0, promtool.exitValue());
    }
}
