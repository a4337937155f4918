package org.cloudos.metrics.node;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Family;
import org.cloudos.metrics.Gauge;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.Metric;
import org.cloudos.metrics.Metrics;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * The service as one bundle has it; when the bundle gives it back, its metrics go. It has no gate: who holds a counter of
 * ours must get a new one when we are swapped, and does so when the reference changes.
 */
@Component(scope = ServiceScope.BUNDLE, property = "cloudos.gate=false")
public final class BundleMetrics implements Metrics {
    private final Node node;
    private final Set<String> used = new HashSet<>(); // guarded by itself

    /** Made for each bundle. */
    @Activate
    public BundleMetrics(@Reference Node node) {
        this.node = node;
    }

    private <T> Family<T> used(Family<T> family) {
        synchronized (used) {
            if (used.contains(family.definition().name())) {
                node.registry().release(family.definition().name()); // counts once for a bundle
            } else {
                used.add(family.definition().name());
            }
        }
        return family;
    }

    @Override
    public Family<Counter> counters(Definition definition) {
        return used(node.registry().counter(definition));
    }

    @Override
    public Family<Gauge> gauges(Definition definition) {
        return used(node.registry().gauge(definition));
    }

    @Override
    public Family<Histogram> histograms(Definition definition) {
        return used(node.registry().histogram(definition));
    }

    @Override
    public List<Metric> read() {
        return node.scraper().read();
    }

    @Deactivate
    void close() {
        synchronized (used) {
            used.forEach(node.registry()::release);
            used.clear();
        }
    }
}
