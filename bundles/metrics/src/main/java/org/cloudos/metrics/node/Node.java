package org.cloudos.metrics.node;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.metrics.History;
import org.cloudos.metrics.MetricSource;
import org.cloudos.metrics.collect.Collectors;
import org.cloudos.metrics.collect.Framework;
import org.cloudos.metrics.history.NodeHistory;
import org.cloudos.metrics.registry.Registry;
import org.cloudos.metrics.registry.Scraper;
import org.cloudos.metrics.registry.Sources;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The node's metrics: one registry, one reading of everything, one history. */
@Component(service = {Node.class, History.class}, immediate = true, configurationPid = "org.cloudos.metrics", property = "cloudos.gate=false")
@Designate(ocd = Node.Config.class)
public final class Node implements History {
    /** Settings of the history. */
    @ObjectClassDefinition(name = "Metrics", description = "Collection and history of metrics")
    public @interface Config {
        /** Seconds from value to value. */
        @AttributeDefinition(name = "Interval", description = "Seconds from one value of the history to the next", min = "1", max = "3600")
        int interval() default 10;

        /** Hours that are kept. */
        @AttributeDefinition(name = "Hours", description = "How long the history is kept", min = "1", max = "744")
        int hours() default 24;

        /** Most series. */
        @AttributeDefinition(name = "Series", description = "How many series the history keeps; others are left out and counted",
                min = "1", max = "20000")
        int series() default 2000;

        /** Most megabytes on disk. */
        @AttributeDefinition(name = "Megabytes", description = "Size of the history on disk; the oldest hours go", min = "1", max = "4096")
        int megabytes() default 64;
    }

    private final BundleContext context;
    private final Registry registry = new Registry();
    private final Sources others = new Sources(Duration.ofSeconds(2));
    private final Framework framework;
    private final Scraper scraper;
    private final NodeHistory history;
    private final Sampler sampler;

    /** Begins to collect. */
    @Activate
    public Node(BundleContext context, Config config) {
        this.context = context;
        framework = new Framework(context);
        List<MetricSource> own = new ArrayList<>(Collectors.of(Path.of("/proc"), Path.of("/sys")));
        own.add(framework);
        own.add(this::ourselves);
        scraper = new Scraper(registry, own, others);
        Duration interval = Duration.ofSeconds(Math.clamp(config.interval(), 1, 3600));
        history = new NodeHistory(Path.of(context.getProperty("cloudos.data"), "metrics"), new NodeHistory.Bounds(interval,
                Duration.ofHours(Math.clamp(config.hours(), 1, 744)), Math.clamp(config.series(), 1, 20_000),
                Math.clamp(config.megabytes(), 1, 4096) * (1L << 20)));
        sampler = new Sampler(interval, () -> history.tick(Instant.now(), scraper.scrape()));
    }

    /** A source of another bundle. */
    @Reference(service = MetricSource.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "gone")
    void came(ServiceReference<MetricSource> source) {
        others.add(source, () -> context.getService(source));
    }

    void gone(ServiceReference<MetricSource> source) {
        others.remove(source);
        context.ungetService(source);
    }

    private void ourselves(MetricSource.Sink sink) {
        sink.counter("cloudos_metrics_sampling_cpu_seconds_total", "Processor time that the history's thread used, reading included.",
                sampler.cpuSeconds());
        Extent extent = history.extent();
        sink.gauge("cloudos_metrics_history_series", "Series that the history keeps.", extent.series());
        sink.gauge("cloudos_metrics_history_left_out", "Series that found no room in the history.", extent.leftOut());
        sink.gauge("cloudos_metrics_history_bytes", "The history on disk.", extent.bytes());
        sink.counter("cloudos_metrics_history_lost_total", "Moments that could not be written to disk.", extent.lostTicks());
    }

    Registry registry() {
        return registry;
    }

    Scraper scraper() {
        return scraper;
    }

    /** A reading for those who export it. */
    MetricSnapshots scrape() {
        return scraper.scrape();
    }

    @Override
    public List<Reading> now(String expression) {
        return history.now(expression);
    }

    @Override
    public List<Graph> range(String expression, Instant from, Instant to, Duration step) {
        return history.range(expression, from, to, step);
    }

    @Override
    public void check(String expression) {
        history.check(expression);
    }

    @Override
    public Extent extent() {
        return history.extent();
    }

    @Deactivate
    void close() throws IOException {
        sampler.close();
        framework.close();
        history.close();
    }
}
